// SPDX-License-Identifier: EUPL-1.2

/** Form servers that are asked for submissions, in German. */
export const pullsDe = {
  title: 'Abholung bei Formularservern',
  caption: 'Formularserver, bei denen Einreichungen abgeholt werden',
  endpoint: 'Endpunkt',
  source: 'Formular oder Zustellpunkt',
  state: 'Stand',
  success: 'Zuletzt gelungen',
  accepted: 'Übernommen',
  held: 'Offen',
  kept: 'Für eine Person',
  oldest: 'Ältester',
  actions: 'Aktionen',
  ask: 'Jetzt abholen',
  askText: 'Der Formularserver wird gleich gefragt; was zurückgehalten ist, wird noch einmal versucht.',
  asked: 'wird gefragt',
  states: { waiting: 'wartet', due: 'fällig', asking: 'fragt' },
  paused: 'pausiert',
  by: 'von',
  open: 'Unterbrochen',
  failing: 'gescheitert',
  never: 'noch nie',
};

/** The shape of these texts. */
export type PullTexts = typeof pullsDe;
