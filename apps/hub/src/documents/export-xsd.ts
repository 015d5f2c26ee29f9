// SPDX-License-Identifier: EUPL-1.2
import { Applicant, AttachmentPurpose, DecisionOutcome, FormValueType, PaymentState, Relation, ScanState } from '@amtsbote/canonical';

import { EXPORT_NAMESPACE } from './application-xml.js';

/** Lists of words come from the canonical model, so that schema and model cannot drift apart. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  ApplicantKind: Applicant.shape.kind.options,
  AttachmentPurpose: AttachmentPurpose.options,
  AttachmentState: ['stored', 'linked'],
  DecisionOutcome: DecisionOutcome.options,
  FieldType: FormValueType.options,
  PaymentState: PaymentState.options,
  RelationKind: Relation.shape.kind.options,
  ScanState: ScanState.options,
};

/** The published XML Schema of {@link renderApplicationXml}: content of `schemas/export-1.xsd`. Additions only; anything else is `:export:2`. */
export function exportXsd(): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: EUPL-1.2. Generated, do not edit. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${EXPORT_NAMESPACE}" targetNamespace="${EXPORT_NAMESPACE}" elementFormDefault="qualified" version="1">
${note('Antrag aus dem Portal für ein Fachverfahren. Zeitpunkte in UTC, Beträge in Cent, Prüfsummen SHA-512 hexadezimal.', '  ')}
${ROOT}
${APPLICATION}
${FORM}
${ATTACHMENTS}
${PAYMENT}
${SIMPLE}
${Object.entries(WORDS).map(words).join('\n')}
</xs:schema>
`;
}

const ROOT = `  <xs:element name="applicationExport">
    <xs:complexType>
      <xs:sequence>
${element('application', 'Application')}
${element('payment', 'Payment', '?')}
${element('decision', 'Decision', '?')}
      </xs:sequence>
      <xs:attribute name="replacedCharacters" type="xs:nonNegativeInteger" use="required">
${note('Anzahl der Zeichen, die XML 1.0 nicht erlaubt und die durch U+FFFD ersetzt sind.', '        ')}
      </xs:attribute>
    </xs:complexType>
  </xs:element>`;

const APPLICATION = [
  sequence('Application', [
    element('id', 'Uuid'),
    element('tenant', 'Tenant'),
    element('reference', 'Reference'),
    element('caseReference', 'Reference', '?'),
    element('receivedAt', 'Instant'),
    element('test', 'xs:boolean'),
    element('publicService', 'PublicService'),
    element('origin', 'Origin'),
    element('applicant', 'Applicant'),
    element('form', 'Form'),
    element('attachments', 'Attachments'),
    listOf('places', element('place', 'Place', '*')),
    listOf('consents', element('consent', 'Consent', '*')),
    element('paymentDemand', 'PaymentDemand', '?'),
    listOf('deadlines', element('deadline', 'Deadline', '*')),
    listOf('relations', element('relation', 'Relation', '*')),
    listOf('unmapped', element('entry', 'Unmapped', '*')),
  ]),
  sequence('PublicService', [element('name'), element('leikaKey', 'LeikaKey', '*'), element('catalogueVersion', 'xs:string', '?')]),
  sequence('Origin', [
    ...['system', 'endpoint'].map((name) => element(name)),
    ...['formId', 'formVersion'].map((name) => element(name, 'xs:string', '?')),
    element('submissionId'),
    element('authorityId', 'xs:string', '?'),
  ]),
  sequence(
    'Applicant',
    [
      ...['familyName', 'givenName', 'organisationName'].map((name) => element(name, 'xs:string', '?')),
      element('dateOfBirth', 'xs:date', '?'),
      ...['email', 'phone'].map((name) => element(name, 'xs:string', '?')),
      element('address', 'Address', '?'),
      element('identity', 'Identity', '?'),
      element('mailbox', 'Mailbox', '?'),
    ],
    [attribute('kind', 'ApplicantKind')],
  ),
  sequence(
    'Address',
    ['street', 'houseNumber', 'postalCode', 'city', 'country'].map((name) => element(name, 'xs:string', '?')),
  ),
  sequence('Identity', [element('provider'), element('trustLevel', 'xs:string', '?')]),
  sequence('Mailbox', [element('handle'), element('type', 'xs:string', '?'), element('system', 'xs:string', '?')]),
  sequence('Place', [element('label'), element('geoJson')], [], 'Ort als GeoJSON-Geometrie (RFC 7946, WGS 84).'),
  sequence('Consent', [element('purpose'), element('given', 'xs:boolean')]),
  sequence('Deadline', [element('name'), element('at', 'Instant')]),
  sequence('Relation', [element('kind', 'RelationKind'), element('target')]),
  sequence('Unmapped', [element('path'), element('json')], [], 'Übermittelte Angabe ohne festen Platz: Fundstelle und Wert als JSON.'),
].join('\n');

const FORM = `  <xs:complexType name="Form">
${note('Baum der Angaben in der Reihenfolge des Formulars. Wiederholte Gruppen haben denselben Namen.', '    ')}
    <xs:choice minOccurs="0" maxOccurs="unbounded">
${element('group', 'Group')}
${element('field', 'Field')}
    </xs:choice>
  </xs:complexType>
  <xs:complexType name="Group">
    <xs:complexContent>
      <xs:extension base="Form">
${attribute('name')}
${attribute('label')}
      </xs:extension>
    </xs:complexContent>
  </xs:complexType>
  <xs:complexType name="Field">
${note('Eine Angabe. Zahlen mit Dezimalpunkt, Tage als JJJJ-MM-TT, Wahrheitswerte true und false; was nicht zum Typ passt, steht wie gesendet.', '    ')}
    <xs:simpleContent>
      <xs:extension base="xs:string">
${attribute('name')}
${attribute('label')}
${attribute('type', 'FieldType')}
        <xs:attribute name="answered" type="xs:boolean" default="true">
${note('false: gefragt, aber nicht beantwortet.', '          ')}
        </xs:attribute>
      </xs:extension>
    </xs:simpleContent>
  </xs:complexType>`;

const ATTACHMENTS = [
  sequence('Attachments', [element('attachment', 'Attachment', '*')]),
  sequence(
    'Attachment',
    [
      element('id', 'Uuid'),
      ...['name', 'originalName', 'mediaType'].map((name) => element(name)),
      element('purpose', 'AttachmentPurpose'),
      element('scan', 'ScanState'),
      element('size', 'xs:nonNegativeInteger', '?'),
      element('sha512', 'Sha512', '?'),
    ],
    [attribute('state', 'AttachmentState')],
    'Beschreibung einer Datei; ihr Inhalt wird mit der id abgeholt. Größe und Prüfsumme fehlen nur, solange sie nicht gespeichert ist (linked).',
  ),
].join('\n');

const PAYMENT = [
  sequence('Money', [element('cents', 'xs:nonNegativeInteger'), element('currency')]),
  sequence('PaymentDemand', [element('amount', 'Money'), element('purpose'), element('description'), element('item', 'PaymentItem', '+')]),
  sequence('PaymentItem', [
    element('reference'),
    element('description'),
    element('amount', 'Money'),
    element('quantity', 'xs:positiveInteger'),
    element('bookingData', 'BookingData', '*'),
  ]),
  `  <xs:complexType name="BookingData">
    <xs:simpleContent>
      <xs:extension base="xs:string">
${attribute('key')}
      </xs:extension>
    </xs:simpleContent>
  </xs:complexType>`,
  sequence('Payment', [
    element('state', 'PaymentState'),
    element('requestId'),
    element('transactionId', 'xs:string', '?'),
    element('kassenzeichen', 'xs:string', '?'),
    element('paidAt', 'Instant', '?'),
    element('demand', 'PaymentDemand'),
  ]),
  sequence('Decision', [
    element('id', 'Uuid'),
    element('outcome', 'DecisionOutcome'),
    element('decidedAt', 'Instant'),
    element('text'),
    element('documents', 'Attachments'),
  ]),
].join('\n');

const SIMPLE = [
  pattern('Uuid', 'xs:string', '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'),
  pattern('Tenant', 'xs:string', '[0-9]{5,12}'),
  pattern('LeikaKey', 'xs:string', '[0-9]{14}'),
  pattern('Reference', 'xs:string', '[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]'),
  pattern('Sha512', 'xs:string', '[0-9a-f]{128}'),
  pattern('Instant', 'xs:dateTime', '.*Z'),
].join('\n');

type Occurrence = '1' | '?' | '*' | '+';

function element(name: string, type = 'xs:string', occurrence: Occurrence = '1'): string {
  const occurs = { '1': '', '?': ' minOccurs="0"', '*': ' minOccurs="0" maxOccurs="unbounded"', '+': ' maxOccurs="unbounded"' };
  return `      <xs:element name="${name}" type="${type}"${occurs[occurrence]}/>`;
}

function attribute(name: string, type = 'xs:string'): string {
  return `    <xs:attribute name="${name}" type="${type}" use="required"/>`;
}

function listOf(name: string, content: string): string {
  return `      <xs:element name="${name}">
        <xs:complexType>
          <xs:sequence>
${content}
          </xs:sequence>
        </xs:complexType>
      </xs:element>`;
}

function sequence(name: string, elements: readonly string[], attributes: readonly string[] = [], documentation = ''): string {
  return [
    `  <xs:complexType name="${name}">`,
    ...(documentation === '' ? [] : [note(documentation, '    ')]),
    '    <xs:sequence>',
    ...elements,
    '    </xs:sequence>',
    ...attributes,
    '  </xs:complexType>',
  ].join('\n');
}

function pattern(name: string, base: string, expression: string): string {
  return `  <xs:simpleType name="${name}">
    <xs:restriction base="${base}">
      <xs:pattern value="${expression}"/>
    </xs:restriction>
  </xs:simpleType>`;
}

function words([name, values]: readonly [string, readonly string[]]): string {
  const enumerations = values.map((value) => `      <xs:enumeration value="${value}"/>`).join('\n');
  return `  <xs:simpleType name="${name}">
    <xs:restriction base="xs:string">
${enumerations}
    </xs:restriction>
  </xs:simpleType>`;
}

function note(text: string, indent: string): string {
  return `${indent}<xs:annotation><xs:documentation xml:lang="de">${text}</xs:documentation></xs:annotation>`;
}
