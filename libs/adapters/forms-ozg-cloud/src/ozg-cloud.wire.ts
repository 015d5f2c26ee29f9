// SPDX-License-Identifier: EUPL-1.2
/*
 * The words of the OZG-Cloud "Formularmanager JSON", verbatim. Every member may be missing: senders omit nulls. What is typed here is what a
 * well-behaved sender sends; the mapping trusts none of it.
 */

/** Names of the multipart's parts. */
export const PART = { formData: 'formData', representation: 'representation', attachment: 'attachment' } as const;

/** How senders write "not answered". */
export const EMPTY_LITERALS: readonly string[] = ['Keine Angabe', 'Keine Angaben', 'Keine Anlagen hochgeladen'];

/** The value members of a form item and what they hold; at most one is set. */
export const VALUE_MEMBERS = { stringValue: 'text', numberValue: 'number', dateValue: 'date', booleanValue: 'boolean' } as const;

/** One question, group, or row; groups and rows nest. */
export interface WireFormItem {
  name?: string;
  label?: string;
  stringValue?: string;
  numberValue?: number;
  dateValue?: string;
  booleanValue?: boolean;
  formItems?: WireFormItem[];
}

/** The part `formData`. */
export interface WireFormData {
  control: {
    transactionId: string;
    zustaendigeStelle?: string;
    leikaIds?: string[];
    formId?: string;
    name?: string;
    serviceKonto?: {
      type?: string;
      trustLevel?: string;
      postfachAddress?: { identifier?: string; type?: string };
    };
  };
  formData: WireFormItem[];
}
