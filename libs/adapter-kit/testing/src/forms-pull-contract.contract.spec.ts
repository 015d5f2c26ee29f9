// SPDX-License-Identifier: EUPL-1.2
import { formsPullContract } from './forms-pull-contract.js';
import { trayAdapter, Trays } from './tray.js';

/* The suite against the least source and the least adapter: shows that it can be passed, with a cursor and without, told and kept. */
for (const begins of ['atStart', 'atCursor'] as const) {
  formsPullContract({
    adapter: trayAdapter,
    variant: begins,
    start: () => new Trays().start(),
    optionsFor: ({ url }: Trays) => ({ url, begins, returns: begins === 'atCursor' }),
    secrets: [],
    put: (trays, count, files = []) => trays.put(count, { files }),
    putUnreadable: (trays) => trays.put(1, { content: 'nonsense' })[0] ?? '',
    withdraw: (trays, id) => trays.withdraw(id),
    acknowledged: (trays) => trays.taken,
    refusals: begins === 'atCursor' ? 'told' : 'kept',
    severalPages: 25,
    lines: { list: /^GET \/a\?/, fetch: /^GET \/a\/[^/]+$/, acknowledge: /taken$/ },
    probes: true,
  });
}
