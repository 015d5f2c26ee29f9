// SPDX-License-Identifier: EUPL-1.2
import { ApplicationState, StepKind } from '@amtsbote/canonical';
import type { RedriveWhat } from '@amtsbote/ops-api';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

import { Key, Moment } from '../ops.dto.js';

const WHATS = ['steps', 'deadLetters'] as const satisfies readonly RedriveWhat[];

/** Which parked steps or dead letters. */
export class RedriveFilterBody {
  @ApiProperty({ enum: WHATS })
  @IsIn(WHATS)
  what!: RedriveWhat;
  @Key()
  tenant?: string;
  /** Adapter instance or pickup queue. */
  @Key()
  instance?: string;
  /** Steps: what they do. */
  @ApiPropertyOptional({ enum: StepKind.options })
  @IsOptional()
  @IsIn(StepKind.options)
  kind?: StepKind;
  /** Dead letters: type of the message. */
  @Key()
  type?: string;
  /** Steps: code of the failure. Dead letters: the reason. */
  @ApiPropertyOptional({ type: String, maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  code?: string;
  /** Steps: kind of the failure. */
  @Key()
  failureKind?: string;
  @Key()
  route?: string;
  /** State of the application as the citizen sees it. */
  @ApiPropertyOptional({ enum: ApplicationState.options })
  @IsOptional()
  @IsIn(ApplicationState.options)
  state?: ApplicationState;
  /** Parked or died at or after. */
  @Moment()
  from?: Date;
  /** Parked or died before. */
  @Moment()
  to?: Date;
}

/** Redrives them, one after the other. */
export class RedriveStartBody extends RedriveFilterBody {
  /** No personal data: the journal is kept longer than the application. */
  @ApiProperty({ type: String, minLength: 3, maxLength: 500 })
  @IsString()
  @Length(3, 500)
  @Matches(/\S.*\S/s, { message: 'reason must say something' })
  reason!: string;
  /** So many at most, per second: what the targets bear. */
  @ApiPropertyOptional({ type: Number, minimum: 0.1, maximum: 100, default: 5 })
  @IsOptional()
  @IsNumber()
  @Min(0.1)
  @Max(100)
  ratePerSecond = 5;
  /** Also asks targets again that could not tell whether it has happened; nothing is done blindly even so. */
  @ApiPropertyOptional({ type: Boolean, default: false })
  @IsOptional()
  @IsBoolean()
  uncertain = false;
}

/** Query of the redrives. */
export class RedrivesQuery {
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 200, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;
}
