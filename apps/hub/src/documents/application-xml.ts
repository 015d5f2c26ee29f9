// SPDX-License-Identifier: EUPL-1.2
import type { Applicant, Application, Attachment, Decision, FormItem, Payment, PaymentDemand } from '@amtsbote/canonical';
import { create } from 'xmlbuilder2';

import { type DocumentSubject, fileable } from './application-json.js';
import { XmlText } from './xml-text.js';

/** Namespace of the XML in which a Fachverfahren collects applications; schema: `schemas/export-1.xsd`. */
export const EXPORT_NAMESPACE = 'urn:de:amtsbote:export:1';

/**
 * The application as XML for a Fachverfahren that polls. Characters that XML 1.0 forbids become U+FFFD and are counted in
 * `replacedCharacters` of the root, so that a receiver can see that the JSON says more.
 */
export function renderApplicationXml(subject: DocumentSubject): string {
  const { application, payment, decision } = fileable(subject);
  const text = new XmlText();
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele(EXPORT_NAMESPACE, 'applicationExport');
  const writer = new Writer(root, text);
  writer.element('application', (element) => writeApplication(element, application));
  if (payment !== undefined) writer.element('payment', (element) => writePayment(element, payment));
  if (decision !== undefined) writer.element('decision', (element) => writeDecision(element, decision));
  root.att('replacedCharacters', String(text.replaced));
  return `${root.end({ prettyPrint: true, indent: '  ' })}\n`;
}

type XMLBuilder = ReturnType<typeof create>;

/** Writes below one element; absent values leave no trace. */
class Writer {
  constructor(
    private readonly node: XMLBuilder,
    private readonly text: XmlText,
  ) {}

  element(name: string, write: (element: Writer) => void): this {
    write(new Writer(this.node.ele(EXPORT_NAMESPACE, name), this.text));
    return this;
  }

  leaf(name: string, value: string | number | boolean | undefined): this {
    if (value !== undefined) this.element(name, (element) => element.content(String(value)));
    return this;
  }

  /** Several leaves, named like the properties. */
  leaves<T extends object>(source: T, names: readonly (keyof T & string)[]): this {
    for (const name of names) this.leaf(name, source[name] as string | number | boolean | undefined);
    return this;
  }

  attribute(name: string, value: string): this {
    this.node.att(name, this.text.attribute(value));
    return this;
  }

  content(value: string): this {
    if (value !== '') this.node.txt(this.text.content(value));
    return this;
  }
}

function writeApplication(element: Writer, application: Application): void {
  element.leaves(application, ['id', 'tenant', 'reference', 'caseReference', 'receivedAt', 'test']);
  element.element('publicService', (service) => {
    service.leaf('name', application.publicService.name);
    for (const key of application.publicService.leikaKeys) service.leaf('leikaKey', key);
    service.leaf('catalogueVersion', application.publicService.catalogueVersion);
  });
  element.element('origin', (origin) =>
    origin.leaves(application.origin, ['system', 'endpoint', 'formId', 'formVersion', 'submissionId', 'authorityId']),
  );
  element.element('applicant', (applicant) => writeApplicant(applicant, application.applicant));
  element.element('form', (form) => writeItems(form, application.form));
  element.element('attachments', (list) => writeAttachments(list, application.attachments));
  element.element('places', (list) => {
    for (const { label, geometry } of application.places) {
      list.element('place', (place) => place.leaf('label', label).leaf('geoJson', JSON.stringify(geometry)));
    }
  });
  element.element('consents', (list) => {
    for (const consent of application.consents) list.element('consent', (entry) => entry.leaves(consent, ['purpose', 'given']));
  });
  const demand = application.payment;
  if (demand !== undefined) element.element('paymentDemand', (entry) => writeDemand(entry, demand));
  element.element('deadlines', (list) => {
    for (const deadline of application.deadlines) list.element('deadline', (entry) => entry.leaves(deadline, ['name', 'at']));
  });
  element.element('relations', (list) => {
    for (const relation of application.relations) list.element('relation', (entry) => entry.leaves(relation, ['kind', 'target']));
  });
  element.element('unmapped', (list) => {
    for (const { path, value } of application.unmapped) {
      list.element('entry', (entry) => entry.leaf('path', path).leaf('json', JSON.stringify(value)));
    }
  });
}

function writeApplicant(element: Writer, applicant: Applicant): void {
  const { address, identity, mailbox } = applicant;
  element.attribute('kind', applicant.kind);
  element.leaves(applicant, ['familyName', 'givenName', 'organisationName', 'dateOfBirth', 'email', 'phone']);
  if (address !== undefined) {
    element.element('address', (entry) => entry.leaves(address, ['street', 'houseNumber', 'postalCode', 'city', 'country']));
  }
  if (identity !== undefined) element.element('identity', (entry) => entry.leaves(identity, ['provider', 'trustLevel']));
  if (mailbox !== undefined) element.element('mailbox', (entry) => entry.leaves(mailbox, ['handle', 'type', 'system']));
}

/** The form tree as it is: nothing is renamed, an unanswered question stays as `answered="false"`. */
function writeItems(element: Writer, items: readonly FormItem[]): void {
  for (const item of items) {
    element.element(item.kind, (entry) => {
      entry.attribute('name', item.name).attribute('label', item.label);
      if (item.kind === 'group') {
        writeItems(entry, item.items);
        return;
      }
      entry.attribute('type', item.type);
      if (item.value === null) entry.attribute('answered', 'false');
      else entry.content(String(item.value));
    });
  }
}

/** Descriptions only; the bytes are collected by id. The link of an attachment that is not collected yet is a secret of the sender. */
function writeAttachments(element: Writer, attachments: readonly Attachment[]): void {
  for (const attachment of attachments) {
    element.element('attachment', (entry) => {
      entry.attribute('state', attachment.state);
      entry.leaves(attachment, ['id', 'name', 'originalName', 'mediaType', 'purpose', 'scan']);
      if (attachment.state === 'stored') entry.leaves(attachment, ['size', 'sha512']);
    });
  }
}

function writeDemand(element: Writer, demand: PaymentDemand): void {
  element.element('amount', (amount) => amount.leaves(demand.amount, ['cents', 'currency']));
  element.leaves(demand, ['purpose', 'description']);
  for (const item of demand.items) {
    element.element('item', (entry) => {
      entry.leaves(item, ['reference', 'description']);
      entry.element('amount', (amount) => amount.leaves(item.amount, ['cents', 'currency']));
      entry.leaf('quantity', item.quantity);
      for (const [key, value] of Object.entries(item.bookingData).sort(([a], [b]) => (a < b ? -1 : 1))) {
        entry.element('bookingData', (data) => data.attribute('key', key).content(value));
      }
    });
  }
}

function writePayment(element: Writer, payment: Omit<Payment, 'payUrl'>): void {
  element.leaves(payment, ['state', 'requestId', 'transactionId', 'kassenzeichen', 'paidAt']);
  element.element('demand', (demand) => writeDemand(demand, payment.demand));
}

function writeDecision(element: Writer, decision: Decision): void {
  element.leaves(decision, ['id', 'outcome', 'decidedAt', 'text']);
  element.element('documents', (list) => writeAttachments(list, decision.documents));
}
