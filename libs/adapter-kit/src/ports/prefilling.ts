// SPDX-License-Identifier: EUPL-1.2

/** A form to be opened with values in it. */
export interface PrefillOrder {
  /** Which form: the form server's own word. */
  readonly form: string;
  /** Field of the form → value. */
  readonly values: Readonly<Record<string, string>>;
  /** Comes back in the form's submission, and tells where the values are from. */
  readonly token: string;
}

/** Where the citizen goes on. */
export interface PrefilledStart {
  /** Opens the form with the values, for a while or once, as the form server does it. No value stands in it. */
  readonly url: string;
}

/** Out: a form server at which values are left before the form is opened. A capability beside the port of the forms adapter that has it. */
export interface PrefillingForms {
  /**
   * Leaves the values at the form server. Nothing can be found again: each call leaves them anew, and what is not used expires there.
   * @throws DeliveryError
   */
  prefill(order: PrefillOrder, signal: AbortSignal): Promise<PrefilledStart>;
}

/** Whether a forms adapter can leave values at its form server. */
export function canPrefill<Candidate extends object>(port: Candidate): port is Candidate & PrefillingForms {
  return 'prefill' in port && typeof port.prefill === 'function';
}
