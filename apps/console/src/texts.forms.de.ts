// SPDX-License-Identifier: EUPL-1.2

/** Was über Formulare, ihre Fassungen und Felder zu lesen ist. */
export const formsDe = {
  title: 'Formulare',
  intro: 'Welche Formulare in welcher Fassung eingehen, und was aus ihren Feldern wird. Nur Namen von Feldern, keine Angaben.',
  caption: 'Fassungen der Formulare, solche mit Hinweisen zuerst',
  empty: 'Es ist noch keine Einreichung eingegangen.',
  back: 'Formulare',
  form: 'Formular',
  version: 'Fassung',
  noVersion: 'ohne Fassung',
  noForm: 'ohne Namen',
  endpoint: 'Eingang',
  tenant: 'Kommune',
  submissions: 'Einreichungen',
  last: 'Zuletzt',
  first: 'Zuerst',
  notices: 'Hinweise',
  fate: { mapped: 'zugeordnet', unmapped: 'nicht zugeordnet', ignored: 'absichtlich nicht übernommen' },
  fateHead: 'Verbleib',
  field: 'Feld',
  fields: 'Felder',
  fieldsCaption: 'Felder dieser Fassung; nicht zugeordnete zuerst',
  notice: { version: 'Neue Fassung', fields: 'Neue Felder' },
  noticesCaption: 'Hinweise, neueste zuerst',
  raised: 'Bemerkt',
  seen: 'Bestätigt',
  open: 'offen',
  confirm: 'Hinweise bestätigen',
  confirmText: 'Die Hinweise gelten damit als gelesen. Es geht nichts verloren, auch was nicht zugeordnet ist.',
  confirmed: 'Bestätigt',
};
export type FormTexts = typeof formsDe;
