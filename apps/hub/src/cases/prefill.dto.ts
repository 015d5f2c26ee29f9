// SPDX-License-Identifier: EUPL-1.2
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

/** Which form is to be filled. */
export class PrefillBody {
  /** Its name under `prefills` in the configuration. */
  @ApiProperty({ type: String, maxLength: 60 })
  @IsString()
  @Length(1, 60)
  form!: string;
}

/** Opens the values. In the body, because addresses end up in logs. */
export class RedeemBody {
  @ApiProperty({ type: String, maxLength: 200 })
  @IsString()
  @Length(1, 200)
  token!: string;
}
