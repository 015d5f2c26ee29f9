// SPDX-License-Identifier: EUPL-1.2
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** What a trial is about: an application the hub holds, or one that is brought along. */
export class FilingTrialBody {
  /** Name of the route; absent = the first that matches. */
  @ApiPropertyOptional({ type: String, maxLength: 60 })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  route?: string;
  /** Id of an application the hub holds. What depends on personal data is not shown. */
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  @IsOptional()
  @IsUUID()
  application?: string;
  /** A canonical application, or the data file that is filed with each; shown as it is, and not kept. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsObject()
  document?: Record<string, unknown>;
}
