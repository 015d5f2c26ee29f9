// SPDX-License-Identifier: EUPL-1.2
import { ApplicationState, Progress } from '@amtsbote/canonical';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import type { Force } from '../delivery/command-rules.js';

const isTrue = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);
/** A key of at most 200 characters. */
export const Key = (): PropertyDecorator => (target, name) => {
  ApiPropertyOptional({ type: String, maxLength: 200 })(target, name);
  IsOptional()(target, name);
  IsString()(target, name);
  Length(1, 200)(target, name);
};
/** A point in time. */
export const Moment = (): PropertyDecorator => (target, name) => {
  ApiPropertyOptional({ type: String, format: 'date-time' })(target, name);
  IsOptional()(target, name);
  Type(() => Date)(target, name);
  IsDate()(target, name);
};

/** Query of the list of applications. */
export class ApplicationsQuery {
  /** A reference as it is spoken (`7kq4m2xdp`), the sender's id, or the application's id. */
  @Key()
  q?: string;
  @Key()
  reference?: string;
  /** The sender's own id. */
  @Key()
  submissionId?: string;
  @ApiPropertyOptional({ enum: ApplicationState.options })
  @IsOptional()
  @IsIn(ApplicationState.options)
  state?: ApplicationState;
  @ApiPropertyOptional({ enum: Progress.options })
  @IsOptional()
  @IsIn(Progress.options)
  progress?: Progress;
  @Key()
  route?: string;
  @Key()
  tenant?: string;
  @Key()
  endpoint?: string;
  @Key()
  leikaKey?: string;
  /** Received at or after. */
  @Moment()
  from?: Date;
  /** Received before. */
  @Moment()
  to?: Date;
  /** With a step parked at this adapter instance or queue. */
  @Key()
  instance?: string;
  /** With a step parked for this failure code. */
  @Key()
  code?: string;
  /** `false`: those that no route matched. */
  @ApiPropertyOptional({ type: Boolean })
  @IsOptional()
  @Transform(isTrue)
  @IsBoolean()
  routed?: boolean;
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 200, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;
  /** `next` of the page before. */
  @Key()
  cursor?: string;
}

/** Why a person does it; goes into the journal with the person's name. */
export class ReasonBody {
  /** No personal data: the journal is kept longer than the application. */
  @ApiProperty({ type: String, minLength: 3, maxLength: 500 })
  @IsString()
  @Length(3, 500)
  @Matches(/\S.*\S/s, { message: 'reason must say something' })
  reason!: string;
}

/** Tries a step again. */
export class RetryBody extends ReasonBody {
  /**
   * What the person knows and the hub does not: `act` = it has not happened, do it without asking the target first; `confirmDone` = it has
   * happened, count it as done.
   */
  @ApiPropertyOptional({ enum: ['act', 'confirmDone'] })
  @IsOptional()
  @IsIn(['act', 'confirmDone'])
  force?: Force;
}

/** Gives an application another route. */
export class RerouteBody extends ReasonBody {
  /** Name of the route; absent = the first that matches now. */
  @ApiPropertyOptional({ type: String, maxLength: 60 })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  route?: string;
  /** Only tells what would happen. */
  @ApiPropertyOptional({ type: Boolean, default: false })
  @IsOptional()
  @IsBoolean()
  dryRun = false;
}

/** Retries many parked steps. */
export class BulkRetryBody extends ReasonBody {
  @Key()
  route?: string;
  @Key()
  instance?: string;
  @Key()
  code?: string;
  @Key()
  tenant?: string;
  /** Parked at or after. */
  @Moment()
  from?: Date;
  /** Parked before. */
  @Moment()
  to?: Date;
  /** Only counts. The default: nobody retries thousands by mistake. */
  @ApiPropertyOptional({ type: Boolean, default: true })
  @IsOptional()
  @IsBoolean()
  dryRun = true;
  /** Most steps at once, the longest parked first. */
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 1_000, default: 100 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit = 100;
}

/** Query of the dead letters. */
export class DeadLettersQuery {
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 500, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit = 100;
}

/** Puts dead letters back into the queue. */
export class RedriveBody extends ReasonBody {
  /** Ids of the letters; absent = the oldest thousand. */
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: 1_000 })
  @IsOptional()
  @IsArray()
  @IsUUID(undefined, { each: true })
  ids?: string[];
}

/** Which parts to probe. */
export class ProbesBody {
  /** Names of instances and endpoints; absent = all. */
  @ApiPropertyOptional({ type: [String], maxItems: 500 })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  names?: string[];
}

/** Query of a login link. */
export class LoginQuery {
  @ApiProperty({ type: String, maxLength: 100 })
  @IsString()
  @Length(1, 100)
  token!: string;
}
