// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';

import type { Decision } from '@amtsbote/canonical';

import {
  type DeliverableDocument,
  DeliveryError,
  type DmsPort,
  type FilingPlace,
  type FilingReceipt,
  type FilingRequest,
} from '../../../src/index.js';
import { aDocument, anApplication } from '../builders.js';
import { type EffectMemory, TestDelivery } from '../delivery-context.js';
import { afterEach, beforeEach, expect } from '../jest.js';
import type { DmsContents, DmsContractFixture, DmsContractTarget } from './fixture.js';

/** Values of the synthetic application that must not appear in an error: they stand for personal data. */
const PERSONAL = ['Mustermann', 'Erika', 'muster@example.org', 'Käse & Söhne', '0b9a4c1e-7d33-4e0a-8a52-5f6c3e9d2b70', 'Lageplan'];

/** A filing of three documents; equal numbers give equal requests. */
export function aFiling(number = 1, documents = threeDocuments()): FilingRequest {
  const id = `0192f0a0-0000-7000-8000-${String(number).padStart(12, '0')}`;
  return { application: anApplication({ id, origin: { ...anApplication().origin, submissionId: `submission-${number}` } }), documents };
}

/** The decision on the application of `aFiling(number)`. */
export function aDecisionFiling(number = 1): FilingRequest {
  const decision: Decision = {
    id: '0192f0a0-0000-7000-9000-000000000001',
    outcome: 'granted',
    text: 'Die Erlaubnis wird erteilt.',
    documents: [],
    decidedAt: '2026-02-10T09:00:00.000Z',
  };
  return { ...aFiling(number), decision, documents: [aDocument('Bescheid.pdf', 'the decision', { role: 'decision' })] };
}

/** What `aFiling(number)` made itself, out of date: readable form and data have another content, which is as long. */
export function aRefreshedFiling(number = 1, refreshes = `filing-${number}`): FilingRequest {
  const [readable, data] = [
    aDocument('Antrag.pdf', 'READABLE FORM', { role: 'applicationReadable' }),
    aDocument('Antrag.json', '{"application":2}', { role: 'applicationData', mediaType: 'application/json' }),
  ];
  return { ...aFiling(number), documents: [readable, data], refreshes };
}

/** The filing of `aFiling(number)` by a rule of the Aktenplan: one Akte for all applications of one applicant. */
export function aFilingByRule(number = 1, more: Partial<FilingPlace> = {}): FilingRequest {
  const place: FilingPlace = {
    ...{ rule: 'per-applicant', version: 3, classes: { attachment: 'Anlage' }, retention: '10 Jahre' },
    akte: { key: 'per-applicant/057110000000/5f2d8c3b9a7e4d1c', title: 'Personenakte' },
    vorgang: { title: `Vorgang ${number}` },
    ...more,
  };
  return { ...aFiling(number), place };
}

function threeDocuments(): DeliverableDocument[] {
  return [
    aDocument('Antrag.pdf', 'readable form', { role: 'applicationReadable' }),
    aDocument('Antrag.json', '{"application":1}', { role: 'applicationData', mediaType: 'application/json' }),
    aDocument('Lageplan.pdf', 'a plan'),
  ];
}

/** A document of pseudo-random bytes that exists only while it is streamed. */
export function aLargeDocument(fileName: string, size: number): DeliverableDocument {
  const piece = createHash('sha512').update(fileName).digest();
  const chunk = Buffer.concat(Array.from({ length: 1_024 }, () => piece));
  const chunks = function* (): Generator<Buffer> {
    for (let left = size; left > 0; left -= chunk.length) yield left >= chunk.length ? chunk : chunk.subarray(0, left);
  };
  const hash = createHash('sha512');
  for (const part of chunks()) hash.update(part);
  return aDocument(fileName, '', { size, sha512: hash.digest('hex'), open: async () => Readable.from(chunks(), { objectMode: false }) });
}

/** The target of one test with the adapter instances opened in it; starts before and stops after each test of the describe block. */
export class DmsBench {
  private running: DmsContractTarget | undefined;
  private ports: DmsPort[] = [];

  constructor(readonly fixture: DmsContractFixture) {
    beforeEach(() => this.restart());
    afterEach(() => this.stop());
  }

  get target(): DmsContractTarget {
    if (this.running === undefined) throw new Error('the target is not started');
    return this.running;
  }
  /** An empty target. */
  async restart(): Promise<void> {
    await this.stop();
    this.running = await this.fixture.start();
  }
  /** A new instance of the adapter; closed after the test. */
  port(): DmsPort {
    const port = this.target.port();
    this.ports.push(port);
    return port;
  }
  /** Files with a new instance of the adapter, as after a restart of the process. */
  file(request: FilingRequest, delivery: TestDelivery): Promise<FilingReceipt> {
    return this.port().file(request, delivery);
  }
  contents(): DmsContents | Promise<DmsContents> {
    return this.target.contents();
  }

  /** The error of a call that has to fail; checks that it is a DeliveryError of this adapter that betrays nothing. */
  async failureOf(call: Promise<unknown>): Promise<DeliveryError> {
    const error: unknown = await call.then(
      () => new Error('the call succeeded'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof DeliveryError)) throw new Error(`not a DeliveryError: ${inspect(error)}`);
    expect(error.code).toMatch(new RegExp(`^(${this.fixture.adapter}|test)/[a-z0-9-]+$`));
    this.expectDiscreet(inspect(error, { depth: 10 }) + JSON.stringify(error.toFailure()));
    return error;
  }
  /** No secret and nothing personal in a text. */
  expectDiscreet(text: string): void {
    for (const word of [...this.fixture.secrets, ...PERSONAL]) expect(text).not.toContain(word);
  }

  /** Exactly one Akte, one Vorgang and each document once, complete, under the ids of the receipt. */
  async expectFiledOnce(request: FilingRequest, receipt: FilingReceipt): Promise<void> {
    const { akten, strays } = await this.contents();
    expect({ akten: akten.length, vorgaenge: akten.map(({ vorgaenge }) => vorgaenge.length), strays }).toEqual({
      akten: 1,
      vorgaenge: [1],
      strays: 0,
    });
    const akte = akten[0];
    const vorgang = akte?.vorgaenge[0];
    expect(receipt.akte).toEqual({ id: akte?.id, title: akte?.title });
    expect(receipt.vorgang).toEqual({ id: vorgang?.id, title: vorgang?.title });
    const byId = new Map(vorgang?.documents.map((document) => [document.id, document]));
    expect(receipt.documents.map(({ key, id }) => ({ key, filed: byId.get(id) }))).toEqual(
      request.documents.map((document) => ({ key: document.key, filed: expect.objectContaining(asSent(document)) })),
    );
    expect(byId.size).toBe(request.documents.length);
  }

  /** Files in an attempt that dies or fails as told, then resumes with what the house remembers. */
  async resume(request: FilingRequest, key: string, memory: EffectMemory, attempt = 2): Promise<FilingReceipt> {
    return this.file(request, new TestDelivery(key, memory, attempt));
  }

  private async stop(): Promise<void> {
    await Promise.all(this.ports.map((port) => port.close()));
    this.ports = [];
    await this.running?.stop();
    this.running = undefined;
  }
}

/** What must have arrived of a document. */
function asSent({ fileName, originalName, mediaType, size, sha512 }: DeliverableDocument): Record<string, unknown> {
  return { fileName, originalName, mediaType, size, sha512 };
}
