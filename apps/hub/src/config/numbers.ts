// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** Milliseconds. */
export const ms = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodInt> => z.int().min(min).max(max).default(fallback);
export const count = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodInt> => z.int().min(min).max(max).default(fallback);
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const MEBIBYTE = 1024 * 1024;
