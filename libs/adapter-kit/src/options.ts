// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** A secret in an adapter's options: never printed, logged or shown. In files it is written as `${env:NAME}` or `${file:path}`. */
export function secret(): z.ZodString {
  return z.string().min(1).meta({ secret: true });
}

/** Base address of a target: http or https, no credentials in it, no query. A trailing slash is dropped. */
export function baseUrl(): z.ZodType<string> {
  return z
    .url({ protocol: /^https?$/ })
    .refine((url) => new URL(url).username === '' && new URL(url).search === '', 'an address without credentials and query')
    .transform((url) => url.replace(/\/+$/, ''));
}

/** Milliseconds with sane limits; the default is part of the published config schema. */
export function milliseconds(range: { min: number; max: number; default: number }): z.ZodDefault<z.ZodInt> {
  return z.int().min(range.min).max(range.max).default(range.default);
}
