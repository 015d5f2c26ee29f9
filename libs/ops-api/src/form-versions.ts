// SPDX-License-Identifier: EUPL-1.2

/** What becomes of a field: it has its place in the application; it is carried, and nobody said what it means; it is deliberately not carried. */
export type FieldFate = 'mapped' | 'unmapped' | 'ignored';

/** A form of an endpoint in one version, as one municipality gets it. */
export interface FormVersionView<Time = string> {
  readonly id: string;
  readonly tenant: string;
  readonly endpoint: string;
  /** Empty: the sender names none. */
  readonly formId: string;
  readonly formVersion: string;
  readonly submissions: number;
  /** Fields seen so far, by what becomes of them. */
  readonly fields: Readonly<Record<FieldFate, number>>;
  readonly firstAt: Time;
  readonly lastAt: Time;
  /** Notices nobody has confirmed yet. */
  readonly notices: number;
}

/** One field of a form version, called by its path; rows are one, `*` stands for their number. */
export interface FormFieldView<Time = string> {
  readonly path: string;
  readonly fate: FieldFate;
  /** Submissions that had it. A process that was killed has not written down its last seconds. */
  readonly submissions: number;
  readonly firstAt: Time;
  readonly lastAt: Time;
}

/** Something nobody had seen before: a version, or fields in a known one. */
export interface FormNoticeView<Time = string> {
  readonly id: string;
  readonly kind: 'version' | 'fields';
  /** At most 50 of them, unmapped ones first. */
  readonly fields: readonly { readonly path: string; readonly fate: FieldFate }[];
  readonly raisedAt: Time;
  readonly seenAt: Time | null;
  readonly seenBy: string | null;
}

/** A form version with everything that is known of it; no value of any application. */
export interface FormVersionDetail<Time = string> extends FormVersionView<Time> {
  readonly fieldList: readonly FormFieldView<Time>[];
  /** Newest first. */
  readonly noticeList: readonly FormNoticeView<Time>[];
}

/** Notices that were confirmed. */
export interface NoticesSeen {
  readonly seen: number;
}
