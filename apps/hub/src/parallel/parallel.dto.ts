// SPDX-License-Identifier: EUPL-1.2
import type { ShadowChoice, ShadowEnd } from '@amtsbote/ops-api';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';

import { ReasonBody } from '../ops/ops.dto.js';

const CHOICES = ['paired', 'alone'] as const satisfies readonly ShadowChoice[];
const ENDS = ['release', 'discard'] as const satisfies readonly ShadowEnd[];

/** How much is compared. */
export class ComparisonQuery {
  /** The newest so many pairs. */
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 1_000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit = 100;
}

/** Which two applications. */
export class PairQuery {
  /** Id of the one that came through the current form system. */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  current!: string;
  /** Id of the one that came through the next form system. */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  next!: string;
}

/** Puts a form system in charge. */
export class SwitchBody extends ReasonBody {
  /** Name of its endpoint. */
  @ApiProperty({ type: String, maxLength: 60 })
  @IsString()
  @Length(1, 60)
  to!: string;
  /** Only tells what would be. */
  @ApiPropertyOptional({ type: Boolean, default: false })
  @IsOptional()
  @IsBoolean()
  dryRun = false;
}

/** Decides on what was kept. */
export class SettleBody extends ReasonBody {
  /** `paired`: a counterpart is delivered; `alone`: nobody delivers one. */
  @ApiProperty({ enum: CHOICES })
  @IsIn(CHOICES)
  which!: ShadowChoice;
  /** `release`: delivered from now on by the route that matches; `discard`: ended as a copy. */
  @ApiProperty({ enum: ENDS })
  @IsIn(ENDS)
  end!: ShadowEnd;
  /** Most of them at once, the oldest first. */
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 500, default: 100 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(500)
  limit = 100;
  /** Only counts. The default: nobody releases hundreds by mistake. */
  @ApiPropertyOptional({ type: Boolean, default: true })
  @IsOptional()
  @IsBoolean()
  dryRun = true;
}
