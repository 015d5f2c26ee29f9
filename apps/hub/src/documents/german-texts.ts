// SPDX-License-Identifier: EUPL-1.2
import type { Applicant, AttachmentPurpose, DecisionOutcome, PaymentState, Place, Relation, ScanState } from '@amtsbote/canonical';

/** Canonical words as a clerk reads them. */
export const APPLICANT_KIND: Readonly<Record<Applicant['kind'], string>> = {
  person: 'Natürliche Person',
  organisation: 'Organisation',
  unknown: 'nicht angegeben',
};

export const PAYMENT_STATE: Readonly<Record<PaymentState, string>> = {
  open: 'offen',
  paid: 'bezahlt',
  failed: 'fehlgeschlagen',
  cancelled: 'abgebrochen',
};

export const ATTACHMENT_PURPOSE: Readonly<Record<AttachmentPurpose, string>> = {
  representation: 'Antrag als Dokument',
  attachment: 'Anlage',
  decision: 'Bescheid',
  export: 'Datei für das Fachverfahren',
};

export const SCAN_STATE: Readonly<Record<ScanState, string>> = {
  notScanned: 'nicht auf Schadsoftware geprüft',
  clean: 'auf Schadsoftware geprüft: ohne Befund',
  infected: 'auf Schadsoftware geprüft: BEFUND',
};

export const OUTCOME: Readonly<Record<DecisionOutcome, string>> = {
  granted: 'Dem Antrag wurde entsprochen',
  partlyGranted: 'Dem Antrag wurde teilweise entsprochen',
  rejected: 'Der Antrag wurde abgelehnt',
  withdrawn: 'Der Antrag wurde zurückgenommen',
  information: 'Mitteilung',
};

export const RELATION: Readonly<Record<Relation['kind'], string>> = {
  followUpOf: 'Folgeantrag zu',
  prefilledFrom: 'Vorausgefüllt aus',
  replaces: 'Ersetzt',
};

export const GEOMETRY: Readonly<Record<Place['geometry']['type'], string>> = {
  Point: 'Punkt',
  LineString: 'Linie',
  Polygon: 'Fläche',
  MultiPoint: 'Punkte',
  MultiLineString: 'Linien',
  MultiPolygon: 'Flächen',
};
