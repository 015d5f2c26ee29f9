// SPDX-License-Identifier: EUPL-1.2
import { existsSync, readFileSync } from 'node:fs';

import { type FormsPullPort, IntakeRejection } from '@amtsbote/adapter-kit';
import { MemoryIntake, testEnvironment } from '@amtsbote/adapter-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

import { adapter } from '../../src/index.js';
import {
  EXAMPLE_CALLBACK_SECRET,
  EXAMPLE_DESTINATION,
  exampleOptions,
  exampleSettings,
  type Exchange,
  FitConnectSender,
  FitConnectSimulator,
} from './index.js';
import { aFitConnectSubmission } from './submissions.js';

/** FITKO's description of the Submission API, where it is at hand. */
const OPENAPI = '../shared/samples/fit-connect/submission-api-1.1.3.yaml';
const described = existsSync(OPENAPI) ? describe : describe.skip;

const JSON_TYPE = 'application/json';

type Node = { [key: string]: unknown };
interface Operation {
  readonly parameters?: readonly Node[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Node }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Node }>> }>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

described('the simulated delivery service, by FITKO’s own description', () => {
  const service = new FitConnectSimulator(exampleSettings());
  const sender = new FitConnectSender(service);
  let callbackFaults: string[] = ['was not judged'];
  const judged: { readonly line: string; readonly faults: string[] }[] = [];

  beforeAll(async () => {
    await service.start();
    await talk(service, sender);
    const root = parse(readFileSync(OPENAPI, 'utf8')) as Node;
    const paths = withoutRefs(root['paths'], root) as Paths;
    const callback = withoutRefs(at(root, '#/components/schemas/CallbackNewSubmissions'), root) as Node;
    callbackFaults = service.callbacks.flatMap(({ body }) =>
      faultsOf('callback', JSON_TYPE, Buffer.from(body), { [JSON_TYPE]: { schema: callback } }),
    );
    for (const exchange of service.exchanges) if (exchange.request.url.pathname !== '/token') judged.push(judgementOf(exchange, paths));
  });
  afterAll(async () => {
    sender.close();
    await service.stop();
  });

  it('answers every request, of sender and subscriber, as the description says, and is asked as it says', () => {
    expect(judged.filter(({ faults }) => faults.length > 0)).toEqual([]);
  });

  it('calls as the description says', () => {
    expect(service.callbacks.length).toBeGreaterThan(0);
    expect(callbackFaults).toEqual([]);
  });

  it('was asked for everything that a subscriber and a sender need, with successes and refusals', () => {
    expect([...new Set(judged.map(({ line }) => line))].sort()).toEqual([
      'GET /.well-known/jwks.json 200',
      'GET /v1/cases/{caseId}/events 200',
      'GET /v1/cases/{caseId}/events 404',
      'GET /v1/destinations/{destinationId} 200',
      'GET /v1/destinations/{destinationId}/keys/{keyId} 200',
      'GET /v1/destinations/{destinationId}/keys/{keyId} 404',
      'GET /v1/submissions 200',
      'GET /v1/submissions 401',
      'GET /v1/submissions/{submissionId} 200',
      'GET /v1/submissions/{submissionId} 404',
      'GET /v1/submissions/{submissionId}/attachments/{attachmentId} 200',
      'POST /v1/cases/{caseId}/events 204',
      'POST /v1/submissions 201',
      'PUT /v1/submissions/{submissionId} 202',
      'PUT /v1/submissions/{submissionId}/attachments/{attachmentId} 204',
    ]);
  });
});

/** A sender and a subscriber do all they can. */
async function talk(service: FitConnectSimulator, sender: FitConnectSender): Promise<void> {
  const port = adapter.create(adapter.options.parse(exampleOptions(service)), testEnvironment()) as FormsPullPort;
  const { signal } = new AbortController();
  const destination = service.destination(EXAMPLE_DESTINATION);
  // Nobody listens there: what is said is looked at all the same.
  if (destination !== undefined) destination.callback = { url: 'http://127.0.0.1:1/callback', secret: EXAMPLE_CALLBACK_SECRET };
  const accepted = { id: '0192f0a0-0000-7000-8000-000000000001', reference: '7KQ4-M2XD-P', receivedAt: '2026-01-31T10:00:00.000Z' };
  await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(1));
  await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(2), { data: '{"anders":1}' });
  const { waiting } = await port.list(EXAMPLE_DESTINATION, null, signal);
  for (const one of waiting) {
    const outcome = await port.fetch(one, new MemoryIntake(), signal).catch((error: unknown) => error);
    if (outcome instanceof IntakeRejection) await port.refuse(one, outcome, signal);
    else await port.acknowledge(one, accepted, signal);
    await port.fetch(one, new MemoryIntake(), signal);
  }
  service.forgetTokens();
  await port.probe(signal);
  const unknown = {
    ...waiting[0],
    submissionId: EXAMPLE_DESTINATION,
    handle: { ...(waiting[0]?.handle as object), caseId: EXAMPLE_DESTINATION },
  };
  await port.acknowledge(unknown, accepted, signal).catch(() => undefined);
  const foreign = adapter.options.parse(exampleOptions(service));
  const [own] = foreign.destinations;
  if (own !== undefined) own.signingKey = own.signingKey.replace('dest-sign-2026', 'dest-sign-2099');
  const other = adapter.create(foreign, testEnvironment());
  await other.probe(signal);
  await Promise.all([port.close(), other.close()]);
}

function judgementOf({ request, answer }: Exchange, paths: Paths): { line: string; faults: string[] } {
  const path = request.url.pathname.replace(/^\/submission-api/, '');
  const [template = '', methods] = Object.entries(paths).find(([candidate]) => matcherOf(candidate).test(path)) ?? [];
  const line = `${request.method} ${template} ${answer.status}`;
  const operation = methods?.[request.method.toLowerCase()];
  const response = operation?.responses[String(answer.status)];
  if (operation === undefined || response === undefined) return { line, faults: [`is not described: ${path}`] };
  return {
    line,
    faults: [
      ...faultsOf('request', request.headers['content-type'], request.body, operation.requestBody?.content),
      ...faultsOf('answer', answer.headers?.['content-type'], Buffer.from(answer.body ?? ''), response.content),
    ],
  };
}

function faultsOf(
  what: string,
  type: string | undefined,
  body: Buffer,
  content: Readonly<Record<string, { readonly schema: Node }>> | undefined,
): string[] {
  if (content === undefined) return body.length === 0 ? [] : [`${what}: a body that is not described`];
  const schema = content[type ?? '']?.schema;
  if (schema === undefined) return [`${what}: content type ${type ?? 'missing'}`];
  const text = body.toString('utf8');
  const read = z.fromJSONSchema(schema, { defaultTarget: 'openapi-3.0' }).safeParse(type === 'application/jose' ? text : JSON.parse(text));
  return read.success ? [] : [`${what}: ${z.prettifyError(read.error)}`];
}

function matcherOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/[.]/g, '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
}

const UNNEEDED = new Set(['callbacks', 'examples', 'example', 'uniqueItems']);

/** `$ref`s put in their place; what the validator does not know and does not need is left out. */
function withoutRefs(node: unknown, root: Node): unknown {
  if (Array.isArray(node)) return node.map((item) => withoutRefs(item, root));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref } = node as Node;
  if (typeof $ref === 'string') return withoutRefs(at(root, $ref), root);
  const kept = Object.entries(node).filter(([name]) => !UNNEEDED.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutRefs(value, root)]));
}

function at(root: Node, ref: string): unknown {
  const names = ref.slice(2).split('/');
  return names.reduce<unknown>((node, name) => (node as Node)[name.replaceAll('~1', '/').replaceAll('~0', '~')], root);
}
