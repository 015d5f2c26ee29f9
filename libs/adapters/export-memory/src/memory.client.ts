// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { DeliverableDocument } from '@amtsbote/adapter-kit';

import { ofBox, unreadable } from './memory.errors.js';
import { BoxAnswer, type BoxRecord } from './memory.wire.js';

/** What can be asked of a box. */
export type BoxOperation = 'put' | 'get' | 'ping';

/** Stands between adapter and box; the simulator replaces it to play faults. */
export type BoxGate = (operation: BoxOperation, act: () => BoxAnswer, signal: AbortSignal) => Promise<unknown>;

/** A Fachverfahren that is a map: one record per key, the first one wins. */
export class MemoryBox {
  private readonly records = new Map<string, BoxRecord>();
  gate: BoxGate = async (_, act) => act();

  /** Puts a record in; the one that lies there already stays. @throws DeliveryError */
  async put(key: string, record: Omit<BoxRecord, 'id'>, signal: AbortSignal): Promise<BoxRecord> {
    const keep = (): BoxRecord => {
      const kept = this.records.get(key) ?? { ...record, id: `box-${this.records.size + 1}` };
      this.records.set(key, kept);
      return kept;
    };
    const answer = await this.ask('put', keep, signal);
    if (answer === 'nothing') throw unreadable(false);
    return answer;
  }
  /** The record under this key, or `undefined`. @throws DeliveryError when the box cannot be asked. */
  async get(key: string, signal: AbortSignal): Promise<BoxRecord | undefined> {
    const answer = await this.ask('get', () => this.records.get(key) ?? 'nothing', signal);
    return answer === 'nothing' ? undefined : answer;
  }
  /** Whether the box is there. @throws DeliveryError when it is not. */
  async ping(signal: AbortSignal): Promise<void> {
    await this.ask('ping', () => 'nothing', signal);
  }
  /** What lies in the box, by key; for tests and demo. */
  contents(): ReadonlyMap<string, BoxRecord> {
    return this.records;
  }

  private async ask(operation: BoxOperation, act: () => BoxAnswer, signal: AbortSignal): Promise<BoxAnswer> {
    const isRead = operation !== 'put';
    const answer = BoxAnswer.safeParse(
      await this.gate(operation, act, signal).catch((error: unknown) => {
        throw ofBox(error, isRead);
      }),
    );
    if (!answer.success) throw unreadable(isRead);
    return answer.data;
  }
}

const boxes = new Map<string, MemoryBox>();

/** The box of this name; made when it is first asked for. */
export function boxNamed(name: string): MemoryBox {
  const box = boxes.get(name) ?? new MemoryBox();
  boxes.set(name, box);
  return box;
}

/** Forgets a box and what is in it; who still holds it keeps it. */
export function forgetBox(name: string): void {
  boxes.delete(name);
}

/** Size and hash of the bytes that really come out of the stream; the bytes themselves are not kept. */
export async function measure(document: DeliverableDocument): Promise<{ size: number; sha512: string }> {
  const hash = createHash('sha512');
  let size = 0;
  for await (const chunk of (await document.open()) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha512: hash.digest('hex') };
}
