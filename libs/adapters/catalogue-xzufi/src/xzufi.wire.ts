// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObjectKind } from '@amtsbote/canonical';

/*
 * The words of XZuFi's messages. The names of objects and parts stand beside ours in the tables xzufi.*.wire.ts. Marks: [V] seen in real code
 * or text, [M] from FITKO's model with inferred spelling, [I] inferred.
 */

/** Versions whose names differ; 2.1.0 is read with the names of 2.2.0, best effort. */
export type Dialect = '2.2.0' | '2.3.1';

/** `http://xoev.de/schemata/xzufi/2_2_0` [V]; 2_3_1 by the pattern [I]. */
export const NAMESPACE = /^http:\/\/xoev\.de\/schemata\/xzufi\/(\d+)_(\d+)_(\d+)$/;
export const namespaceOf = (dialect: Dialect): string => `http://xoev.de/schemata/xzufi/${dialect.replaceAll('.', '_')}`;
export const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
export const VERSION_ATTRIBUTE = 'xzufiVersion';

/** Children of the root [V]. */
export const HEAD = {
  element: 'nachrichtenkopf',
  id: 'nachrichtUUID',
  createdAt: 'erstelltDatumZeit',
  recipient: 'empfaenger',
  sender: 'sender',
};
export const WRITE = 'schreibe';
export const DELETE = 'loesche';
export const DELETE_CLASS = 'klasse';
export const DELETE_ID = 'id';
/** Children of the root that say nothing about objects [V]. */
export const ENVELOPE_ELEMENTS: readonly string[] = [
  HEAD.element,
  'transaktionID',
  'transaktionPosition',
  'antwortnummer',
  'antwortrueckgabecode',
];
/** Objects in an answer of 2.1: `ergebnisLeistung` [V]. */
export const RESULT_PREFIX = 'ergebnis';
/** Our name of the transfer message's root: the standard's is not known [I]. Readers ignore it. */
export const ROOT = 'transfer.operation.020101';

/** Write element → kind; `formular` [I], the others [V]. */
export const OBJECT_ELEMENTS: Readonly<Record<string, CatalogueObjectKind>> = {
  leistung: 'service',
  spezialisierung: 'specialisation',
  organisationseinheit: 'organisation',
  onlinedienst: 'onlineService',
  formular: 'form',
  zustaendigkeitTransferObjekt: 'competence',
};
/** Class of a deletion → kind; they differ from the write elements' names. `Formular` [I], the others [V]. */
export const DELETE_CLASSES: Readonly<Record<string, CatalogueObjectKind>> = {
  Leistung: 'service',
  LeistungSpezialisierung: 'specialisation',
  Organisationseinheit: 'organisation',
  Onlinedienst: 'onlineService',
  Formular: 'form',
  Zustaendigkeit: 'competence',
};
/** What the id of a competence says about its subject [V]; `…Formular` [I]. */
export const COMPETENCE_SCHEMES: Readonly<Record<string, 'organisation' | 'onlineService' | 'form'>> = {
  ZustaendigkeitOrganisationseinheit: 'organisation',
  ZustaendigkeitOnlinedienst: 'onlineService',
  ZustaendigkeitFormular: 'form',
};
