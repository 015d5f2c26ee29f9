// SPDX-License-Identifier: EUPL-1.2
/*
 * Problems that a subscriber names when it rejects a submission. Verified: prefix, members, that `type` and `instance` have to be exactly
 * those of the specification, and the existence of a problem for the violation of a schema, of the syntax of JSON, and for a data schema that is
 * not supported. Inferred: the last word of each type, `instance` of attachments, the texts. See the README.
 */

/** Word at the end of the type → title and the beginning of the detail, which the specification gives in German. */
export const PROBLEMS = {
  'missing-authentication-tags': ['Authentication-Tags fehlen', 'Im Event-Log fehlen die Authentication-Tags der Einreichung.'],
  'incorrect-authentication-tag': ['Authentication-Tag ungültig', 'Das Authentication-Tag stimmt nicht mit dem Event-Log überein'],
  'encryption-issue': ['Entschlüsselungs-Fehler', 'Der Inhalt konnte nicht entschlüsselt werden'],
  'syntax-violation': ['Syntax-Fehler', 'Der Inhalt ist syntaktisch nicht korrekt'],
  'missing-schema': ['Schema-Referenz fehlt', 'Die Schema-Referenz fehlt im Metadatensatz.'],
  'unsupported-schema': ['Metadatenschema nicht unterstützt', 'Die angegebene Version des Metadatenschemas wird nicht unterstützt.'],
  'schema-violation': ['Schema-Fehler', 'Der Inhalt ist nicht schema-valide'],
  'unsupported-service': ['Verwaltungsleistung nicht unterstützt', 'Die angegebene Verwaltungsleistung wird nicht unterstützt.'],
  'unsupported-data-schema': ['Fachdatenschema nicht unterstützt', 'Das angegebene Fachdatenschema wird nicht unterstützt.'],
  'attachments-mismatch': ['Fehlerhafte Anlagen-Liste', 'Die Listen der Anlagen stimmen nicht überein.'],
  'missing-data': ['Fachdaten fehlen', 'Es wurden keine Fachdaten übermittelt.'],
  'hash-mismatch': ['Prüfsumme stimmt nicht', 'Die Prüfsumme stimmt nicht mit der im Metadatensatz überein'],
} as const satisfies Record<string, readonly [title: string, detail: string]>;
export type ProblemName = keyof typeof PROBLEMS;
