// SPDX-License-Identifier: EUPL-1.2
export * from './application-json.js';
export * from './application-xml.js';
export * from './decision-pdf.js';
export * from './export-xsd.js';
export * from './filing-documents.js';
export * from './german-format.js';
export { type ReadableApplication } from './readable-application.js';
export { renderReadablePdf } from './readable-pdf.js';
