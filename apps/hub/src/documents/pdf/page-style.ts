// SPDX-License-Identifier: EUPL-1.2
import { type TextStyle } from './blocks.js';

/** A4 in points, left margin wide enough for a file binder (DIN 5008: 25 mm). */
export const PAPER = { width: 595.28, height: 841.89, left: 70.9, right: 56.7, top: 78, bottom: 62 } as const;

/** The width texts may use. */
export const CONTENT_WIDTH = PAPER.width - PAPER.left - PAPER.right;
/** The lowest place texts may use. */
export const CONTENT_END = PAPER.height - PAPER.bottom;

/** Label column, gap and value column of a row. */
export const ROW = {
  valueX: PAPER.left + 172,
  gap: 12,
  indent: 9,
  indentMax: 6,
  padding: 3.2,
  /** Labels longer than this stand above their value, over the whole width (declarations, consents). */
  sideLabelMax: 140,
  /** Rows up to this height are never torn apart by a page break. */
  keepTogether: 150,
} as const;

const INK = '#16202b';
const QUIET = '#55616e';
const ACCENT = '#0b4a7a';

/** Colours of lines and boxes. */
export const COLORS = { hairline: '#d9dee4', accent: ACCENT, alarm: '#a3001b', alarmFill: '#fdf0f1' } as const;

/** All text styles of our documents. */
export const STYLES = {
  overline: { face: 'bold', size: 9, color: ACCENT, leading: 14 },
  title: { face: 'bold', size: 18, color: INK, leading: 23 },
  alarm: { face: 'bold', size: 10, color: COLORS.alarm, leading: 14 },
  section: { face: 'bold', size: 12, color: ACCENT, leading: 16 },
  group: { face: 'bold', size: 9.5, color: INK, leading: 13 },
  label: { face: 'regular', size: 8.5, color: QUIET, leading: 12.5 },
  value: { face: 'regular', size: 9.5, color: INK, leading: 12.5 },
  faint: { face: 'regular', size: 9, color: QUIET, leading: 12.5 },
  detail: { face: 'regular', size: 7.5, color: QUIET, leading: 10.5 },
  paragraph: { face: 'regular', size: 9.5, color: INK, leading: 13.5 },
  frame: { face: 'regular', size: 8, color: QUIET, leading: 11 },
} as const satisfies Record<string, TextStyle>;
