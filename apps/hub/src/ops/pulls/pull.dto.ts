// SPDX-License-Identifier: EUPL-1.2
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

import { Key, ReasonBody } from '../ops.dto.js';

/** Asks sources now. */
export class PullAskBody extends ReasonBody {
  /** One source of the endpoint; absent = all. */
  @Key()
  source?: string;
  /** The sender's id of a held submission that is tried again; absent = all that are held. */
  @ApiPropertyOptional({ type: String, maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  submissionId?: string;
}

/** Query of held submissions. */
export class PullHeldQuery {
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 500, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit = 100;
}
