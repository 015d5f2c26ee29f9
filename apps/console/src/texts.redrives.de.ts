// SPDX-License-Identifier: EUPL-1.2
/** What people read about redriving in bulk, in German. */
export const redrivesDe = {
  title: 'Sammelaufträge',
  intro: 'Wiederholen viele geparkte Schritte oder unzustellbare Meldungen, einen nach dem anderen.',
  back: 'Geparkt',
  caption: 'Sammelaufträge, neueste zuerst',
  empty: 'Es gab noch keinen Sammelauftrag.',
  start: 'Neuer Sammelauftrag',
  startTitle: 'Viele wiederholen',
  startText: 'Zählen Sie zuerst. Wiederholt wird nur, was jetzt passt; was danach geparkt wird, bleibt.',
  group: 'Als Sammelauftrag',
  what: 'Was',
  whats: { steps: 'Geparkte Schritte', deadLetters: 'Unzustellbare Meldungen' },
  tenant: 'Kommune',
  instance: 'Adapter oder Warteschlange',
  code: 'Fehler oder Grund, genau so geschrieben',
  route: 'Route',
  from: 'Geparkt ab',
  to: 'Geparkt vor',
  all: 'alle',
  rate: 'Höchstens so viele je Sekunde',
  uncertain: 'Auch, wovon niemand sagen kann, ob es geschehen ist: Das Ziel wird noch einmal gefragt, nichts blind wiederholt',
  count: 'Zählen',
  counted: (matched: number, uncertain: number): string =>
    `${matched} passen.${uncertain === 0 ? '' : ` Dazu ${uncertain}, wovon niemand sagen kann, ob es geschehen ist.`}`,
  counting: 'Wird gezählt …',
  go: 'Starten',
  order: 'Auftrag',
  stateHead: 'Stand',
  progress: 'Fortschritt',
  who: 'Von',
  actions: 'Aktionen',
  state: { running: 'läuft', paused: 'angehalten', done: 'fertig', cancelled: 'abgebrochen' },
  progressText: (settled: number, matched: number): string => `${settled} von ${matched}`,
  refused: (count: number): string => `${count} nicht wiederholt: inzwischen verändert oder so nicht wiederholbar`,
  remaining: 'noch etwa',
  turn: {
    pause: {
      label: 'Anhalten',
      title: 'Sammelauftrag anhalten',
      text: 'Ist das bestätigt, wird nichts mehr wiederholt, bis er fortgesetzt wird.',
    },
    resume: { label: 'Fortsetzen', title: 'Sammelauftrag fortsetzen', text: 'Es geht hinter dem letzten erledigten weiter.' },
    cancel: {
      label: 'Abbrechen',
      title: 'Sammelauftrag abbrechen',
      text: 'Was wiederholt wurde, bleibt wiederholt. Der Auftrag kann nicht fortgesetzt werden.',
    },
  },
};

/** The shape of these texts. */
export type RedriveTexts = typeof redrivesDe;
