// SPDX-License-Identifier: EUPL-1.2
import { expect, it } from '@jest/globals';

import { csvLine } from './findings-csv.js';

const finding = {
  no: 1,
  severity: 'muss',
  code: 'x/y',
  message: '',
  document: 'a.xml',
  line: 3,
  kind: 'service',
  agency: 'L1',
  id: '7',
} as const;

it.each([
  ['plain text', 'Der Name fehlt.', 'Der Name fehlt.'],
  ['commas, quotes and line ends', 'a, "b"\nc', '"a, ""b""\nc"'],
  ['what a spreadsheet would calculate', '=1+1', "'=1+1"],
])('a line of CSV holds %s', (_, message, cell) => {
  expect(csvLine({ ...finding, message })).toBe(`muss,x/y,${cell},a.xml,3,service,L1,7\r\n`);
});

it('a line of CSV leaves empty what a finding does not say', () => {
  expect(csvLine({ ...finding, line: null, kind: null, agency: null, id: null })).toBe('muss,x/y,,a.xml,,,,\r\n');
});
