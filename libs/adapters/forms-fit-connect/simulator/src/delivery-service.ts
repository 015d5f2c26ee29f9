// SPDX-License-Identifier: EUPL-1.2
import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

import { type SendingOutcome, sendTo, type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';
import type { JWK } from 'jose';

import { DeliveryBooks, type HeldSubmission } from './books.js';
import { claimsOf, EVENTS, SET_SCHEMA, type TokenClaims, tokenOf } from './event-tokens.js';
import { type KeyPair, publicHalf } from './keys.js';

/** A Zustellpunkt. */
export interface SimulatedDestination {
  readonly destinationId: string;
  status: 'active' | 'inactive';
  readonly services: readonly { readonly identifier: string; readonly regions: string[]; readonly submissionSchemas: object[] }[];
  /** The key that senders have to use. */
  encryptionKid: string;
  readonly keys: (JWK & { kid: string })[];
  callback?: { url: string; secret: string };
}

/** How the simulated delivery service is set up. */
export interface DeliverySettings {
  readonly serviceKey: KeyPair;
  readonly client: { readonly id: string; readonly secret: string };
  readonly destinations: readonly SimulatedDestination[];
  readonly nowMs?: () => number;
  readonly tokenLifeS?: number;
}

/** A request and its answer, for those who compare them with the specification. */
export interface Exchange {
  readonly request: SimulatedRequest;
  readonly answer: SimulatedAnswer;
}

const BASE = '/submission-api';
const LIMITED = { 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': '3' };
const JWE = /^[a-zA-Z0-9\-_=.]+$/;
const CALLBACK_TYPE = 'https://schema.fitko.de/fit-connect/submission-api/callbacks/new-submissions';

/**
 * FIT-Connect's delivery service after OpenAPI 1.1.3: senders, subscribers, destinations, event log with signed tokens, callbacks, and the token
 * endpoint (`/token`), all under one address.
 */
export class FitConnectSimulator extends SimulatorServer {
  readonly books = new DeliveryBooks();
  /** What was said by JSON; bodies of attachments that are streamed are not among it. */
  readonly exchanges: Exchange[] = [];
  /** What became of every callback. */
  readonly callbacks: { readonly body: string; readonly outcome: SendingOutcome }[] = [];
  /** Callbacks are not sent: the line is down, and nobody sends them again. */
  losesCallbacks = false;
  /** Requests that are answered before the limit of the client is reached: then 429, and when to come again. */
  requestsLeft = Number.POSITIVE_INFINITY;
  private readonly tokens = new Map<string, number>();

  constructor(readonly settings: DeliverySettings) {
    super();
  }

  /** Base address of the Submission API. */
  get apiUrl(): string {
    return `${this.url}${BASE}`;
  }
  get tokenUrl(): string {
    return `${this.url}/token`;
  }
  get nowMs(): number {
    return (this.settings.nowMs ?? Date.now)();
  }
  /** Access tokens given out. */
  tokenRequests = 0;
  /** All access tokens become invalid. */
  forgetTokens(): void {
    this.tokens.clear();
  }

  destination(destinationId: string | undefined): SimulatedDestination | undefined {
    return this.settings.destinations.find((one) => one.destinationId === destinationId);
  }

  /** Signs and sends a callback about these submissions, whoever listens. */
  async call(destination: SimulatedDestination, submissions: readonly HeldSubmission[]): Promise<void> {
    const { callback } = destination;
    if (callback === undefined || this.losesCallbacks) return;
    const ids = submissions.map(({ destinationId, submissionId, caseId }) => ({ destinationId, submissionId, caseId }));
    const body = JSON.stringify({ type: CALLBACK_TYPE, submissionIds: ids.map(({ submissionId }) => submissionId), submissions: ids });
    const headers = { 'content-type': 'application/json', ...callbackHeaders(callback.secret, Math.floor(this.nowMs / 1_000), body) };
    const bytes = Buffer.from(body);
    const outgoing = {
      headers,
      length: bytes.length,
      bytes: async function* () {
        yield await Promise.resolve(bytes);
      },
    };
    this.callbacks.push({ body, outcome: await sendTo(callback.url, outgoing) });
  }

  /** Attachments that are made anew are streamed; everything else has a body in memory. */
  protected override async handleStream(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '/', this.url);
    const [, submissionId = '', attachmentId = ''] = /\/submissions\/([^/]+)\/attachments\/([^/]+)$/.exec(url.pathname) ?? [];
    const content = this.books.get(submissionId)?.attachments.get(attachmentId);
    if (request.method !== 'GET' || typeof content !== 'function' || !this.isAuthorised(request.headers.authorization)) return false;
    response.writeHead(200, { 'content-type': 'application/jose' });
    try {
      for await (const chunk of content()) {
        if (response.destroyed) return true;
        await new Promise<void>((resolve) => void response.write(chunk, () => resolve()));
      }
      response.end();
    } catch {
      // What cannot be made anew to its end is cut, as a line is.
      response.destroy();
    }
    return true;
  }

  protected async handle(request: SimulatedRequest): Promise<SimulatedAnswer> {
    const answer = inVersionOf(request.url.pathname, await this.answerTo(request));
    this.exchanges.push({ request, answer });
    if (this.exchanges.length > 2_000) this.exchanges.shift();
    return answer;
  }

  private async answerTo(request: SimulatedRequest): Promise<SimulatedAnswer> {
    const { method, url, headers } = request;
    if (url.pathname === '/token') return this.token(request);
    if (this.requestsLeft <= 0) return problem(429, 'Too Many Requests', LIMITED);
    this.requestsLeft -= 1;
    if ((headers['user-agent'] ?? '') === '') return problem(403, 'User-Agent missing');
    const path = url.pathname.replace(BASE, '').replace(/^\/v2\//, '/v1/');
    if (path === '/.well-known/jwks.json') return json(200, { keys: [publicHalf(this.settings.serviceKey)] });
    if (path === '/v1/info') return json(200, { version: { major: 1, minor: 1, patch: 3 } });
    const key = /^\/v1\/destinations\/([^/]+)\/keys\/([^/]+)$/.exec(path);
    if (key !== null) return this.key(key[1] ?? '', decodeURIComponent(key[2] ?? ''));
    if (!this.isAuthorised(headers.authorization)) return problem(401, 'Unauthorized');
    const [, kind, id = '', rest = '', attachmentId = ''] =
      /^\/v1\/(submissions|destinations|cases)(?:\/([^/]+))?(?:\/(attachments|events))?(?:\/([^/]+))?$/.exec(path) ?? [];
    switch (`${method} ${kind ?? ''}${id === '' ? '' : '/:id'}${rest === '' ? '' : `/${rest}`}`) {
      case 'GET submissions':
        return this.list(url.searchParams);
      case 'POST submissions':
        return this.create(request);
      case 'GET submissions/:id':
        return this.read(id);
      case 'PUT submissions/:id':
        return this.submit(id, request);
      case 'GET submissions/:id/attachments':
        return this.attachment(id, attachmentId);
      case 'PUT submissions/:id/attachments':
        return this.upload(id, attachmentId, request);
      case 'GET destinations/:id':
        return this.describe(id);
      case 'GET cases/:id/events':
        return this.events(id, url.searchParams);
      case 'POST cases/:id/events':
        return this.take(id, request);
      default:
        return problem(404, 'Not Found');
    }
  }

  private token({ body }: SimulatedRequest): SimulatedAnswer {
    const form = new URLSearchParams(body.toString('utf8'));
    const { client, tokenLifeS = 1_800 } = this.settings;
    if (form.get('client_id') !== client.id || form.get('client_secret') !== client.secret) return json(401, { error: 'invalid_client' });
    const token = randomUUID();
    this.tokenRequests += 1;
    this.tokens.set(token, this.nowMs + tokenLifeS * 1_000);
    return json(200, { access_token: token, token_type: 'bearer', expires_in: tokenLifeS });
  }

  private isAuthorised(authorization: string | undefined): boolean {
    return (this.tokens.get((authorization ?? '').replace(/^Bearer /, '')) ?? 0) > this.nowMs;
  }

  private list(query: URLSearchParams): SimulatedAnswer {
    const page = pageOf(this.books.waiting(query.get('destinationId') ?? undefined), query);
    if (page === undefined) return problem(400, 'limit and offset');
    const submissions = page.items.map(({ destinationId, submissionId, caseId }) => ({ destinationId, submissionId, caseId }));
    return json(200, { count: submissions.length, offset: page.offset, totalCount: page.totalCount, submissions });
  }

  private async create({ body }: SimulatedRequest): Promise<SimulatedAnswer> {
    const wish = jsonIn(body) as Pick<HeldSubmission, 'destinationId' | 'serviceType'> & {
      announcedAttachments?: string[];
      caseId?: string;
    };
    const destination = this.destination(wish.destinationId);
    if (destination === undefined) return problem(404, 'Destination not found');
    if (destination.status !== 'active') return problem(422, 'Destination is not active');
    if (!Array.isArray(wish.announcedAttachments) || typeof wish.serviceType !== 'object') return problem(400, 'Bad Request');
    const { destinationId, serviceType, caseId, announcedAttachments: announced } = wish;
    const submission = this.books.create({ destinationId, serviceType, announced, ...(caseId === undefined ? {} : { caseId }) });
    await this.say(submission, 'create-submission', {});
    return json(201, { destinationId, submissionId: submission.submissionId, caseId: submission.caseId });
  }

  private upload(submissionId: string, attachmentId: string, { body, headers }: SimulatedRequest): SimulatedAnswer {
    const submission = this.books.get(submissionId);
    if (submission?.state !== 'created') return problem(404, 'Not Found');
    if (headers['content-type'] !== 'application/jose') return problem(415, 'Unsupported Media Type');
    if (!submission.announced.includes(attachmentId)) return problem(422, 'Attachment not announced');
    if (!JWE.test(body.toString('latin1'))) return problem(400, 'Bad Request');
    submission.attachments.set(attachmentId, body);
    return { status: 204 };
  }

  private async submit(submissionId: string, { body }: SimulatedRequest): Promise<SimulatedAnswer> {
    const submission = this.books.get(submissionId);
    if (submission?.state !== 'created') return problem(404, 'Submission not found');
    const { encryptedMetadata, encryptedData } = jsonIn(body) as { encryptedMetadata?: unknown; encryptedData?: unknown };
    if (typeof encryptedMetadata !== 'string' || !JWE.test(encryptedMetadata)) return problem(400, 'encryptedMetadata');
    if (!submission.announced.every((id) => submission.attachments.has(id))) return problem(422, 'Announced attachments are missing');
    submission.encryptedMetadata = encryptedMetadata;
    if (typeof encryptedData === 'string') submission.encryptedData = encryptedData;
    submission.tags ??= tagsOf(submission);
    await this.say(submission, 'submit-submission', { authenticationTags: submission.tags });
    submission.state = 'submitted';
    const destination = this.destination(submission.destinationId);
    // The sender does not wait for the subscriber.
    if (destination !== undefined) void this.call(destination, [submission]);
    return json(202, reduced(submission));
  }

  private read(submissionId: string): SimulatedAnswer {
    const submission = this.books.get(submissionId);
    if (submission?.state !== 'submitted') return problem(404, 'Submission not found, not in state submitted or forwarded');
    const { encryptedMetadata, encryptedData } = submission;
    return json(200, { ...reduced(submission), encryptedMetadata, ...(encryptedData === undefined ? {} : { encryptedData }) });
  }

  private attachment(submissionId: string, attachmentId: string): SimulatedAnswer {
    const submission = this.books.get(submissionId);
    const content = submission?.attachments.get(attachmentId);
    if (submission?.state !== 'submitted' || !Buffer.isBuffer(content)) return problem(404, 'Attachment not found');
    return { status: 200, headers: { 'content-type': 'application/jose' }, body: content };
  }

  private describe(destinationId: string): SimulatedAnswer {
    const destination = this.destination(destinationId);
    if (destination === undefined) return problem(404, 'Not Found');
    const { status, services, encryptionKid } = destination;
    return json(
      200,
      { destinationId, encryptionKid, metadataVersions: ['1.0.0', '2.1.0'], services, status },
      { 'cache-control': 'no-cache' },
    );
  }

  private key(destinationId: string, kid: string): SimulatedAnswer {
    const key = this.destination(destinationId)?.keys.find((candidate) => candidate.kid === kid);
    return key === undefined ? problem(404, 'Not Found') : json(200, key, { 'cache-control': 'no-cache' });
  }

  private events(caseId: string, query: URLSearchParams): SimulatedAnswer {
    if (!this.books.isCase(caseId)) return problem(404, 'Case not found');
    const page = pageOf(this.books.log(caseId), query);
    if (page === undefined) return problem(400, 'limit and offset');
    return json(200, { count: page.items.length, offset: page.offset, totalCount: page.totalCount, eventLog: page.items });
  }

  /** A subscriber accepts or rejects. */
  private async take(caseId: string, { body, headers }: SimulatedRequest): Promise<SimulatedAnswer> {
    if (!this.books.isCase(caseId)) return problem(404, 'Case not found');
    if (headers['content-type'] !== 'application/jose') return problem(415, 'Unsupported Media Type');
    const token = body.toString('utf8');
    const claimed = jsonIn(Buffer.from(token.split('.')[1] ?? '', 'base64url')) as TokenClaims;
    const claims = await claimsOf(token, this.destination(claimed.iss)?.keys ?? []);
    if (typeof claims === 'string') return problem(400, claims);
    const submission = this.books.get((claims.sub ?? '').replace('submission:', ''));
    if (submission?.caseId !== caseId || claims.txn !== `case:${caseId}` || claims.iss !== submission.destinationId)
      return problem(422, 'sub, txn or iss');
    const fault = faultOf(claims, submission);
    if (fault !== undefined) return problem(422, fault);
    if (submission.state !== 'submitted') return problem(409, 'Conflict: Invalid state transition');
    const rejected = claims.events?.[`${EVENTS}reject-submission`];
    const isAccepted = rejected === undefined;
    this.books.log(caseId).push(token);
    submission.events[isAccepted ? 'accept' : 'reject'] += 1;
    if (!isAccepted) submission.problems = rejected['problems'] as HeldSubmission['problems'];
    this.books.settle(submission, isAccepted ? 'accepted' : 'rejected');
    return { status: 204 };
  }

  private async say(submission: HeldSubmission, name: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
    const issuer = { iss: this.apiUrl, key: this.settings.serviceKey, nowMs: this.nowMs };
    this.books.log(submission.caseId).push(await tokenOf({ name, payload }, submission, issuer));
  }
}

/** The two headers of a callback. */
export function callbackHeaders(secret: string, timestamp: number, body: string | Uint8Array): Record<string, string> {
  const authentication = createHmac('sha512', secret).update(`${timestamp}.`).update(body).digest('hex');
  return { 'callback-authentication': authentication, 'callback-timestamp': String(timestamp) };
}

/** A submission as version 2 tells it to a subscriber: the service is called otherwise. */
function inVersionOf(pathname: string, answer: SimulatedAnswer): SimulatedAnswer {
  if (!pathname.startsWith(`${BASE}/v2/submissions/`) || answer.headers?.['content-type'] !== 'application/json') return answer;
  const { serviceType, ...others } = jsonIn(Buffer.from(answer.body ?? '')) as { serviceType?: object };
  return { ...answer, body: JSON.stringify({ ...others, publicService: serviceType }) };
}

function faultOf({ $schema, jti, iat, events = {} }: TokenClaims, submission: HeldSubmission): string | undefined {
  if ($schema !== SET_SCHEMA) return `$schema has to be ${SET_SCHEMA}`;
  if (typeof jti !== 'string' || typeof iat !== 'number') return 'jti and iat';
  const [said, ...more] = Object.entries(events);
  if (said === undefined || more.length > 0) return 'exactly one event';
  const [type, payload] = said;
  if (type === `${EVENTS}accept-submission`)
    return isDeepStrictEqual(payload['authenticationTags'], submission.tags)
      ? undefined
      : 'authenticationTags are not those of the submission';
  if (type !== `${EVENTS}reject-submission`) return 'accept or reject';
  const problems = payload['problems'];
  const isComplete = (problem: object): boolean => ['type', 'title', 'detail', 'instance'].every((name) => name in problem);
  return Array.isArray(problems) && problems.length > 0 && problems.every(isComplete) ? undefined : 'problems';
}

function tagsOf({ encryptedMetadata = '', encryptedData, attachments }: HeldSubmission): NonNullable<HeldSubmission['tags']> {
  const tag = (jwe: string): string => jwe.split('.')[4] ?? '';
  const stored = [...attachments].map(([id, content]) => [id, Buffer.isBuffer(content) ? tag(content.toString('latin1')) : ''] as const);
  return {
    metadata: tag(encryptedMetadata),
    ...(encryptedData === undefined ? {} : { data: tag(encryptedData) }),
    attachments: Object.fromEntries(stored),
  };
}

function reduced({ destinationId, submissionId, caseId, announced, serviceType }: HeldSubmission): object {
  return { destinationId, submissionId, caseId, attachments: announced, serviceType };
}

function pageOf<Item>(all: readonly Item[], query: URLSearchParams): { items: Item[]; offset: number; totalCount: number } | undefined {
  const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 100)];
  if (!Number.isInteger(offset) || offset < 0 || !Number.isInteger(limit) || limit < 1 || limit > 500) return undefined;
  return { items: all.slice(offset, offset + limit), offset, totalCount: all.length };
}

function jsonIn(body: Buffer): object {
  try {
    return (JSON.parse(body.toString('utf8')) as object | null) ?? {};
  } catch {
    return {};
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): SimulatedAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function problem(status: number, title: string, headers: Record<string, string> = {}): SimulatedAnswer {
  const type = `https://schema.fitko.de/fit-connect/submission-api/problems/${status}`;
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body: JSON.stringify({ type, title, status }) };
}
