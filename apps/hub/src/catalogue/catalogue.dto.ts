// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueMode } from '@amtsbote/adapter-kit';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsDate, IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

import { LANGUAGES, type ReaderLanguage } from './labels/labels.js';

const isTrue = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

const Text = (max: number): PropertyDecorator => {
  return (target, name) => {
    ApiPropertyOptional({ type: String, maxLength: max })(target, name);
    IsOptional()(target, name);
    IsString()(target, name);
    Length(1, max)(target, name);
  };
};
const Whole = (min: number, max: number, fallback?: number): PropertyDecorator => {
  return (target, name) => {
    ApiPropertyOptional({ type: Number, minimum: min, maximum: max, ...(fallback === undefined ? {} : { default: fallback }) })(
      target,
      name,
    );
    IsOptional()(target, name);
    Type(() => Number)(target, name);
    IsInt()(target, name);
    Min(min)(target, name);
    Max(max)(target, name);
  };
};
const Digits = (pattern: RegExp, message: string): PropertyDecorator => {
  return (target, name) => {
    ApiPropertyOptional({ type: String, pattern: pattern.source })(target, name);
    IsOptional()(target, name);
    Matches(pattern, { message })(target, name);
  };
};
const Flag = (): PropertyDecorator => {
  return (target, name) => {
    ApiPropertyOptional({ type: Boolean, default: false })(target, name);
    IsOptional()(target, name);
    Transform(isTrue)(target, name);
    IsBoolean()(target, name);
  };
};

const VERSION_MAX = 2_147_483_647;
const ARS = /^(?:\d{2}|\d{3}|\d{5}|\d{8}|\d{9}|\d{12})$/;
const ARS_MESSAGE = 'ars must be a regional key of 2, 3, 5, 9 or 12 digits, or an AGS of 8';
const LEIKA_KEY = /^\d{14}$/;
const LEIKA_MESSAGE = 'leikaKey must be 14 digits';

const Language = (): PropertyDecorator => {
  return (target, name) => {
    ApiPropertyOptional({ enum: LANGUAGES, description: 'Language of labels and names; absent: by Accept-Language, else German.' })(
      target,
      name,
    );
    IsOptional()(target, name);
    IsIn(LANGUAGES)(target, name);
  };
};

/** Which state of the catalogue, in which language. */
export class AtVersionQuery {
  @Language()
  language?: ReaderLanguage;
  /** A version of the catalogue; absent = the current one. */
  @Whole(0, VERSION_MAX)
  version?: number;
  /** Valid time; absent = now. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  at?: Date;
  /** Only this source. */
  @Text(60)
  source?: string;
}

/** Query of the services. */
export class ServicesQuery {
  @Language()
  language?: ReaderLanguage;
  /** Words, German or English. */
  @Text(200)
  q?: string;
  @Digits(LEIKA_KEY, LEIKA_MESSAGE)
  leikaKey?: string;
  /** A place: what is described for it or anything above it. */
  @Digits(ARS, ARS_MESSAGE)
  ars?: string;
  /** Id of a category. */
  @Text(500)
  category?: string;
  /** Taken into the catalogue, in their present form, since then. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  changedSince?: Date;
  @Text(60)
  source?: string;
  @Whole(0, VERSION_MAX)
  version?: number;
  @Whole(1, 200, 50)
  limit = 50;
  /** `next` of the page before: goes on in the same version of the catalogue. */
  @Text(500)
  cursor?: string;
}

/** Query of a list of objects. */
export class ObjectsQuery extends AtVersionQuery {
  /** Competent for this service. */
  @Digits(LEIKA_KEY, LEIKA_MESSAGE)
  leikaKey?: string;
  /** Competent for this place or anything above it. */
  @Digits(ARS, ARS_MESSAGE)
  ars?: string;
  @Whole(1, 200, 50)
  limit = 50;
  @Text(2_000)
  cursor?: string;
}

/** Query of the competence. */
export class CompetenceQuery extends AtVersionQuery {
  @ApiProperty({ type: String, pattern: LEIKA_KEY.source })
  @Matches(LEIKA_KEY, { message: LEIKA_MESSAGE })
  leikaKey!: string;
  /** Regional key (ARS) of the place; an AGS of eight digits is understood where the catalogue uses AGS or whole districts. */
  @ApiProperty({ type: String, pattern: ARS.source })
  @Matches(ARS, { message: ARS_MESSAGE })
  ars!: string;
}

/** Query of the export. */
export class ExportQuery {
  @ApiProperty({ type: String })
  @IsString()
  @Length(1, 60)
  source!: string;
  @Whole(0, VERSION_MAX)
  version?: number;
}

/** Query of the changes. */
export class ChangesQuery {
  /** `version` of the last answer; 0 for a copy that is empty. */
  @ApiProperty({ type: Number, minimum: 0 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(VERSION_MAX)
  since!: number;
  @Text(60)
  source?: string;
  @Whole(1, 5_000, 500)
  limit = 500;
  /** `next` of the page before. */
  @Text(3_000)
  cursor?: string;
}

export class LimitQuery {
  @Whole(1, 1_000, 200)
  limit = 200;
  @Text(60)
  source?: string;
}

/** Query of the runs. */
export class RunsQuery {
  @Text(60)
  source?: string;
  @Whole(1, 200, 30)
  limit = 30;
  /** Older than this run. */
  @Whole(1, VERSION_MAX)
  before?: number;
}

/** Query of a run's findings. */
export class FindingsQuery {
  /** Number of the last finding of the page before. */
  @Whole(0, Number.MAX_SAFE_INTEGER, 0)
  after = 0;
  @Whole(1, 10_000, 500)
  limit = 500;
}

/** The same for operators, whose console links to the file. */
export class FindingsFileQuery extends FindingsQuery {
  /** `csv`: everything, as Accept: text/csv does; for links. */
  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

/** Query of a difference. */
export class DiffQuery {
  /** Number of the earlier run. */
  @ApiProperty({ type: Number })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(VERSION_MAX)
  from!: number;
  /** Number of the later run, of the same source. */
  @ApiProperty({ type: Number })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(VERSION_MAX)
  to!: number;
  @Whole(1, 5_000, 500)
  limit = 500;
  @Text(3_000)
  cursor?: string;
}

/** Asks for a run. */
export class SyncBody {
  /** Only tells what would happen. */
  @Flag()
  dryRun = false;
  /** From the beginning, whatever was read before. */
  @Flag()
  full = false;
}

export class DryRunBody {
  @Flag()
  dryRun = false;
}

/** Query of a document that is brought. */
export class DocumentQuery {
  /** Whether the document is everything (what it does not contain is removed) or only what changed. */
  @ApiProperty({ enum: ['snapshot', 'increments'] })
  @IsIn(['snapshot', 'increments'])
  mode!: CatalogueMode;
  /** What the document is called in findings. */
  @Text(200)
  name?: string;
  @Flag()
  dryRun = false;
}
