// SPDX-License-Identifier: EUPL-1.2
import { exportXsd } from '../documents/index.js';
import type { GeneratedFile } from './generators.js';

/** XML Schema of what a Fachverfahren collects as XML. */
export function exportSchema(): GeneratedFile[] {
  return [{ path: 'schemas/export-1.xsd', content: exportXsd() }];
}
