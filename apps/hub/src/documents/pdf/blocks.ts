// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   block     what a document says, in order: heading, row, paragraph; knows nothing of pages
 *   row       a label on the left, a value on the right
 *   page      placed texts and shapes, in points from the top left corner
 */

/** What a document says. */
export type Block =
  | { readonly kind: 'title'; readonly overline: string; readonly text: string }
  /** A framed sentence nobody may overlook. */
  | { readonly kind: 'alarm'; readonly text: string }
  | { readonly kind: 'section'; readonly text: string }
  /** Heading inside a section; `depth` 0 is the first level below it. */
  | { readonly kind: 'group'; readonly text: string; readonly depth: number }
  | Row
  | { readonly kind: 'paragraph'; readonly text: string };

/** A label with its value. */
export interface Row {
  readonly kind: 'row';
  readonly label: string;
  readonly value: string;
  /** The value is ours ("keine Angabe"), not the citizen's. */
  readonly faint?: boolean;
  /** A second, smaller line below the value. */
  readonly detail?: string;
  readonly depth?: number;
}

/** What stands on every page and in the file's metadata. */
export interface DocumentFrame {
  /** File title, letters, digits and hyphens only: `Antrag 7KQ4-M2XD-P`. */
  readonly title: string;
  /** Unique id of what the document shows, for the metadata. */
  readonly subjectId: string;
  /** The moment that the metadata gives as creation: a property of the content, never "now". */
  readonly createdAt: Date;
  readonly headerLeft: string;
  readonly headerRight: string;
  readonly footerLeft: string;
}

/** A text on a page; `y` is the top of its letters. */
export interface PlacedText {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly style: TextStyle;
}

/** How a text looks. */
export interface TextStyle {
  readonly face: 'regular' | 'bold';
  readonly size: number;
  readonly color: string;
  /** Distance from line to line, in points. */
  readonly leading: number;
}

/** A line or a box behind the texts. */
export interface PlacedShape {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill?: string;
  readonly stroke?: string;
}

/** The part of one block that stands on one page. */
export interface Fragment {
  /** Number of the block: parts of one block on several pages are one element of the structure tree. */
  readonly block: number;
  /** Structure type of tagged PDF (ISO 32000-1, 14.8.4). */
  readonly tag: string;
  /** Set when the block appears in the bookmarks. */
  readonly bookmark?: string;
  readonly texts: PlacedText[];
}

/** One page, ready to be drawn. */
export interface Page {
  readonly fragments: Fragment[];
  readonly shapes: PlacedShape[];
}
