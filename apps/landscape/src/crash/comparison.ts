// SPDX-License-Identifier: EUPL-1.2
import { gapsOf, isInOrder } from '@amtsbote/adapters/status-webhook/simulator';
import type { DeadLetterView } from '@amtsbote/ops-api';

import { duplicatesOf } from '../duplicates.js';
import { missingOutside, type Outside } from '../launch/audit.js';
import type { HubApplication } from './hub-view.js';
import type { SentSubmission } from './senders.js';

/** Three books of the same applications, kept by parties that do not know each other's. */
export interface ThreeBooks {
  /** What senders sent and were promised. */
  readonly sent: readonly SentSubmission[];
  /** What the hub says. */
  readonly hub: readonly HubApplication[];
  readonly deadLetters: readonly Pick<DeadLetterView, 'id' | 'type' | 'reason' | 'applicationId'>[];
  /** What the systems around it really did. */
  readonly town: Outside;
  /** References of what was pushed to a Fachverfahren, as often as it arrived; absent where nothing is pushed. */
  readonly dropped?: readonly string[];
}

/** Where books differ. */
export interface Divergence {
  readonly kind: 'lost' | 'duplicated' | 'unexpected';
  readonly what: string;
  /** The application it is about, where it is about one. */
  readonly application?: HubApplication;
}

/** What comparing came to, in the words of the field (RabbitMQ's Jepsen suite) and the house's own. */
export interface Comparison {
  /** Submissions that were sent, however often. */
  readonly attempts: number;
  /** Of those: answered with 2xx. */
  readonly acknowledged: number;
  /** At their end in the hub's book and in the books of all systems around it. */
  readonly completed: number;
  /** Acknowledged, and the hub does not know it, or has not brought it to its end or to a person, or it is missing outside. */
  readonly lost: number;
  /** Effects that happened more than once. */
  readonly duplicated: number;
  /** Anything nobody asked for, or that contradicts what was promised. */
  readonly unexpected: number;
  /** Never acknowledged, and completed all the same: the answer was lost, not the application. */
  readonly recovered: number;
  /** Attempts whose outcome was unknown or whose worker was lost, and that were found out. */
  readonly inDoubt: number;
  /** In front of a person, with a reason. */
  readonly parked: number;
  /** In the order in which the applications came. */
  readonly divergences: readonly Divergence[];
}

/** Compares the books. Pure. */
export function compareBooks(books: ThreeBooks): Comparison {
  const bySubmission = new Map(books.hub.map((application) => [application.submissionId, application]));
  const acknowledged = new Set(books.sent.filter(({ promises }) => promises.length > 0).map(({ submissionId }) => submissionId));
  const divergences: Divergence[] = [];
  let [completed, recovered, parked] = [0, 0, 0];
  for (const sent of books.sent) {
    const application = bySubmission.get(sent.submissionId);
    const isAcknowledged = acknowledged.has(sent.submissionId);
    if (application === undefined) {
      if (isAcknowledged) divergences.push({ kind: 'lost', what: `${namesOf(sent)} was acknowledged, and the hub does not know it` });
      continue;
    }
    divergences.push(...contradictions(sent, application));
    const trouble = troubleOf(sent, application, books.town);
    if (trouble !== undefined) divergences.push({ kind: isAcknowledged ? 'lost' : 'unexpected', what: trouble, application });
    else if (application.progress === 'parked') parked += 1;
    else {
      completed += 1;
      if (!isAcknowledged) recovered += 1;
    }
  }
  divergences.push(...duplicates(books), ...strangers(books), ...outOfOrder(books), ...pushed(books));
  const count = (kind: Divergence['kind']): number => divergences.filter((divergence) => divergence.kind === kind).length;
  return {
    attempts: books.sent.length,
    acknowledged: acknowledged.size,
    completed,
    lost: count('lost'),
    duplicated: count('duplicated'),
    unexpected: count('unexpected'),
    recovered,
    inDoubt: books.hub.reduce((sum, { doubts }) => sum + doubts, 0),
    parked,
    divergences: inOrderOfReceipt(divergences),
  };
}

const namesOf = ({ submissionId, promises }: SentSubmission): string => promises[0]?.reference ?? submissionId;

/** Why an application that the hub holds is neither completed nor rightly parked. */
function troubleOf({ sha512 }: SentSubmission, application: HubApplication, town: Outside): string | undefined {
  const { id, reference, progress, state, steps } = application;
  if (progress === 'parked') {
    const isExplained = application.route === null || steps.some((step) => step.state === 'parked' && step.failure !== null);
    return isExplained ? undefined : `${reference} is parked without a reason`;
  }
  const open = steps.filter((step) => !['done', 'skipped'].includes(step.state)).map((step) => `${step.name} is ${step.state}`);
  if (progress !== 'finished') return `${reference} got stuck: ${[`${progress}, ${state}`, ...open].join(', ')}`;
  if (open.length > 0) return `${reference} is finished, but ${open.join(', ')}`;
  const missing = missingOutside({ id, reference, sha512 }, town);
  return missing.length === 0 ? undefined : `${reference} is finished in the hub's book, but ${missing.join('; ')}`;
}

function contradictions({ promises, refusals, submissionId }: SentSubmission, application: HubApplication): Divergence[] {
  const other = promises.find(({ applicationId, reference }) => applicationId !== application.id || reference !== application.reference);
  return [
    ...(other === undefined
      ? []
      : [`${submissionId} was promised as ${other.reference}, and the hub holds it as ${application.reference}`]),
    ...refusals.map((refusal) => `a valid submission was ${refusal}`),
  ].map((what) => ({ kind: 'unexpected', what, application }));
}

function duplicates({ town, hub }: ThreeBooks): Divergence[] {
  const vorgaenge = town.dms.contents().akten.flatMap((akte) => akte.vorgaenge);
  return duplicatesOf(town).map((what) => {
    const vorgang = vorgaenge.find(({ id }) => what.includes(`in ${id}`));
    const named = `${what} ${vorgang?.properties['vorgangsnummer'] ?? ''}`;
    return { kind: 'duplicated', what, ...about(hub, (application) => mentions(named, application)) };
  });
}

/** What is in anybody's book and comes from no submission that was sent. */
function strangers({ sent, hub, town, deadLetters }: ThreeBooks): Divergence[] {
  const submissions = new Set(sent.map(({ submissionId }) => submissionId));
  const ids = new Set(hub.map(({ id }) => id));
  const references = new Set(hub.map(({ reference }) => reference));
  const compact = [...references].map((reference) => reference.replaceAll('-', ''));
  const vorgaenge = town.dms.contents().akten.flatMap((akte) => akte.vorgaenge);
  const known = (id: string, system: string): string[] => (ids.has(id) ? [] : [`${system} knows ${id}, and the hub does not`]);
  return [
    ...hub.filter(({ submissionId }) => !submissions.has(submissionId)).map(({ reference }) => `nobody sent ${reference}`),
    ...vorgaenge.flatMap(({ id, properties }) =>
      references.has(properties['vorgangsnummer'] ?? '') ? [] : [`the DMS has a Vorgang ${id} of no application`],
    ),
    ...town.payment.books
      .all()
      .flatMap(({ transactionId, request }) =>
        compact.some((reference) => request.purpose.includes(reference)) ? [] : [`the payment ${transactionId} is of no application`],
      ),
    ...town.portal.cases.all().flatMap(({ applicationId }) => known(applicationId, 'the portal')),
    ...[...(town.fachverfahren?.cases.keys() ?? [])].flatMap((id) => known(id, 'the Fachverfahren')),
    ...(town.fachverfahren?.failures.map((failure) => `Fachverfahren: ${failure}`) ?? []),
    ...(town.portal.rejected === 0 ? [] : [`the portal turned ${town.portal.rejected} webhooks away`]),
    ...deadLetters.map(({ type, reason, applicationId }) => `a message ${type} of ${applicationId} died: ${reason}`),
  ].map((what) => ({ kind: 'unexpected', what, ...about(hub, (application) => mentions(what, application)) }));
}

/** What was pushed arrived once, or not yet where the step says so. */
function pushed({ hub, dropped }: ThreeBooks): Divergence[] {
  if (dropped === undefined) return [];
  const known = new Set(hub.map(({ reference }) => reference));
  const strange = dropped.filter((reference) => !known.has(reference));
  return [
    ...hub.flatMap((application): Divergence[] => {
      const { reference, steps } = application;
      const times = dropped.filter((one) => one === reference).length;
      const isDone = steps.some(({ name, state }) => name === 'drop' && state === 'done');
      if (isDone && times === 0)
        return [{ kind: 'lost', what: `${reference} was pushed, and the SFTP server does not have it`, application }];
      return times > 1 ? [{ kind: 'duplicated', what: `${reference} arrived ${times} times at the SFTP server`, application }] : [];
    }),
    ...strange.map((reference): Divergence => ({ kind: 'unexpected', what: `the SFTP server has ${reference}, and the hub does not` })),
  ];
}

function outOfOrder({ hub, town }: ThreeBooks): Divergence[] {
  return town.portal.cases.all().flatMap((known): Divergence[] => {
    const application = hub.find(({ id }) => id === known.applicationId);
    const gaps = application?.progress === 'finished' ? gapsOf(known) : [];
    const problems = [
      ...(isInOrder(known) ? [] : [`the portal heard of ${known.applicationId} out of order`]),
      ...(gaps.length === 0 ? [] : [`the portal never got the updates ${gaps.join(', ')} of ${known.applicationId}`]),
    ];
    return problems.map((what) => ({ kind: 'unexpected', what, ...(application === undefined ? {} : { application }) }));
  });
}

function about(hub: readonly HubApplication[], is: (application: HubApplication) => boolean): Pick<Divergence, 'application'> {
  const application = hub.find(is);
  return application === undefined ? {} : { application };
}

function mentions(text: string, { id, reference }: HubApplication): boolean {
  return [id, reference, reference.replaceAll('-', '')].some((name) => text.includes(name));
}

/** What belongs to no application comes last: it has no place in time. */
function inOrderOfReceipt(divergences: readonly Divergence[]): Divergence[] {
  const at = ({ application }: Divergence): number => (application === undefined ? Infinity : Date.parse(application.receivedAt));
  return [...divergences].sort((one, two) => at(one) - at(two) || 0);
}
