// SPDX-License-Identifier: EUPL-1.2
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';

/** Query of a poll. */
export class PollQuery {
  /** Most items to lease, 1 to 100. */
  @ApiProperty({ required: false, minimum: 1, maximum: 100, default: 10 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit = 10;

  /** `next` of an earlier poll, for readers that keep a position. It hides nothing that can be leased: no application is missed by it. */
  @ApiProperty({
    required: false,
    description: 'next of an earlier poll. It hides nothing: what was collected and not acknowledged comes again behind every position.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  cursor = 0;
}

/** Names the lease under which the caller holds the item. */
export class LeaseBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  leaseId!: string;
}

/** Gives an item back to a person. */
export class RejectBody extends LeaseBody {
  /** Why, for the clerk; 1 to 1,000 characters. */
  @ApiProperty({ minLength: 1, maxLength: 1_000 })
  @IsString()
  @Length(1, 1_000)
  reason!: string;
}
