// SPDX-License-Identifier: EUPL-1.2
import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';

import { type Dialect, XZUFI_220 } from './corpus/dialect.js';
import { loesche, message, schreibe } from './corpus/message.js';

/** An operation that the source publishes: an object as XML, or a deletion. */
export type Publication =
  | { readonly op: 'put'; readonly id: string; readonly xml: string }
  | { readonly op: 'remove'; readonly id: string; readonly klasse: string; readonly agency: string };

/** How the source behaves. */
export interface SimulatorWish {
  readonly dialect?: Dialect;
  /** Objects of one file, operations of one block. */
  readonly perDocument?: number;
  readonly clientSecret?: string;
  readonly password?: string;
}

const TOKEN_PATH = '/realms/pvog/protocol/openid-connect/token';
const BLOCK_PATH = '/bereitstelldienst/api/v3/verwaltungsobjekte/xzufi-2-3-1';
const json = { 'content-type': 'application/json' };

/**
 * A source of XZuFi on loopback, in both of its shapes. As an editorial system it offers what there is now: `/index.txt` and the files that
 * it names. As the PVOG's Bereitstelldienst it offers the log of all operations in blocks, to whoever has a token.
 */
export class XzufiSimulator extends SimulatorServer {
  private readonly log: Publication[] = [];
  private tokens = 0;
  private usesLeft = 0;
  /** Requests that one token is good for; then it has expired. */
  tokenUses = Number.POSITIVE_INFINITY;
  /** Every block is preceded by one without objects. */
  hasEmptyBlocks = false;
  /** What `/index.txt` says instead of what is right. */
  index: string | undefined;
  /** What a file says instead of what is right; `null` = it is not there. */
  readonly files = new Map<string, string | Buffer | null>();
  private readonly wish: Required<SimulatorWish>;

  constructor(wish: SimulatorWish = {}) {
    super();
    this.wish = { dialect: XZUFI_220, perDocument: 1_000, clientSecret: '', password: '', ...wish };
  }

  /** Everything from here on is offered. */
  publish(operations: readonly Publication[]): void {
    this.log.push(...operations);
  }
  /** The newest token stops working. */
  revokeToken(): void {
    this.usesLeft = 0;
  }
  get tokensGiven(): number {
    return this.tokens;
  }

  protected handle({ method, url, headers, body }: SimulatedRequest): SimulatedAnswer {
    if (method === 'POST' && url.pathname === TOKEN_PATH) return this.giveToken(body.toString());
    if (url.pathname === BLOCK_PATH) return this.block(url, headers.authorization);
    if (!this.knows(headers.authorization)) return { status: 401 };
    if (url.pathname.endsWith('/index.txt')) return { status: 200, body: this.index ?? this.rightIndex() };
    return this.file(url.pathname.slice(1));
  }

  private knows(authorization: string | undefined): boolean {
    const { password } = this.wish;
    return password === '' || authorization === `Basic ${Buffer.from(`amtsbote:${password}`).toString('base64')}`;
  }

  private giveToken(body: string): SimulatedAnswer {
    const form = new URLSearchParams(body);
    if (form.get('client_secret') !== this.wish.clientSecret) return { status: 401, headers: json, body: '{"error":"invalid_client"}' };
    this.tokens += 1;
    this.usesLeft = this.tokenUses;
    return {
      status: 200,
      headers: json,
      body: JSON.stringify({ access_token: `token-${this.tokens}`, expires_in: 300, token_type: 'Bearer' }),
    };
  }

  private block(url: URL, authorization: string | undefined): SimulatedAnswer {
    if (authorization !== `Bearer token-${this.tokens}` || this.usesLeft <= 0) return { status: 401 };
    this.usesLeft -= 1;
    const index = Number(url.searchParams.get('index'));
    const next = (to: number, empty: string): string => {
      const address = new URL(url.href);
      address.searchParams.set('index', String(to));
      address.searchParams.set('leer', empty);
      return address.href;
    };
    const answer = (xzufiObjekte: string, to: number, empty: string, count: number): SimulatedAnswer => ({
      status: 200,
      headers: json,
      body: JSON.stringify({
        xzufiObjekte,
        naechsterIndex: to,
        naechsteAnfrageUrl: next(to, empty),
        vollstaendig: to >= this.log.length && empty === '0',
        anzahlObjekte: count,
      }),
    });
    if (this.hasEmptyBlocks && url.searchParams.get('leer') !== '1') return answer('', index, '1', 0);
    const operations = this.log.slice(index, index + this.wish.perDocument);
    const xml = operations.length === 0 ? '' : this.message(operations);
    return answer(xml, index + operations.length, '0', operations.length);
  }

  /** What there is now, in files. */
  private chunks(): Publication[][] {
    const now = new Map<string, Publication>();
    for (const one of this.log) {
      if (one.op === 'put') now.set(one.id, one);
      else now.delete(one.id);
    }
    const all = [...now.values()];
    const { perDocument } = this.wish;
    return Array.from({ length: Math.ceil(all.length / perDocument) }, (_, at) => all.slice(at * perDocument, (at + 1) * perDocument));
  }

  private nameOf(at: number): string {
    return `XZUFI20260115080000000${String(at).padStart(10, '0')}.xml`;
  }

  private rightIndex(): string {
    return this.chunks()
      .map((_, at) => `${this.nameOf(at)}\r\n`)
      .join('');
  }

  private file(name: string): SimulatedAnswer {
    const other = this.files.get(name);
    if (other === null) return { status: 404 };
    if (other !== undefined) return { status: 200, body: other };
    const chunk = this.chunks().find((_, at) => name === this.nameOf(at));
    return chunk === undefined
      ? { status: 404 }
      : { status: 200, headers: { 'content-type': 'application/xml' }, body: this.message(chunk) };
  }

  private message(operations: readonly Publication[]): string {
    const { dialect } = this.wish;
    return message(
      { dialect },
      ...operations.map((one) => (one.op === 'put' ? schreibe(dialect, one.xml) : loesche(dialect, one.klasse, one.id, one.agency))),
    );
  }
}
