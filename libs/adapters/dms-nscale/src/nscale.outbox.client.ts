// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import type { AnswerPage, Outbox, WaitingAnswer } from '@amtsbote/adapter-kit';
import { z } from 'zod';

import type { NscaleClient } from './nscale.client.js';
import { isGone, severalItems } from './nscale.errors.js';
import type { NscaleOptions } from './nscale.options.js';
import type { ContentAnswer } from './nscale.wire.js';

/** Most answers of a page. */
const ANSWERS_MAX = 50;
const Handle = z.object({ key: z.string() });

/** Documents that wait to be sent, by an indexing property. Speaks as {@link NscaleClient} does, and fails as it does. */
export class NscaleOutbox {
  readonly shape: Outbox;

  constructor(
    private readonly client: NscaleClient,
    private readonly options: NonNullable<NscaleOptions['outbox']>,
  ) {
    this.shape = { begins: 'atStart', acknowledges: options.taken === null ? 'remembered' : 'inDms' };
  }

  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    const { property, waiting: value } = this.options;
    const number = Number(from ?? 1);
    const { count, hits } = await this.client.waiting(property, value, { number, size: ANSWERS_MAX }, signal);
    const waiting: WaitingAnswer[] = [];
    for (const { id, title, parentId } of hits) {
      const content = await this.content(id, signal);
      const [item] = content?.items ?? [];
      if (content === undefined || item === undefined || item.length === 0) continue;
      waiting.push({
        vorgangId: parentId,
        documentId: hashOf(id),
        version: versionOf(content),
        fileName: item.displayName || item.name || title,
        mediaType: item.contentType,
        size: item.length,
        ...(item.hash?.algorithm === 'SHA-512' ? { sha512: item.hash.value.toLowerCase() } : {}),
        handle: { key: id },
      });
    }
    return { waiting, next: number * ANSWERS_MAX < count && hits.length > 0 ? String(number + 1) : null, cursor: null };
  }

  async read(answer: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    const content = await this.stillThere(answer, signal);
    if (content === undefined) return 'gone';
    if (content.items.length > 1) throw severalItems();
    try {
      return await this.client.itemBytes(Handle.parse(answer.handle).key, 0, signal);
    } catch (error) {
      if (isGone(error)) return 'gone';
      throw error;
    }
  }

  async acknowledge(answer: WaitingAnswer, signal: AbortSignal): Promise<void> {
    const { property, taken } = this.options;
    if (taken === null || (await this.stillThere(answer, signal)) === undefined) return;
    await this.client.setProperty(Handle.parse(answer.handle).key, property, taken, signal);
  }

  private async stillThere({ handle, version }: WaitingAnswer, signal: AbortSignal): Promise<ContentAnswer | undefined> {
    const { key } = Handle.parse(handle);
    const content = await this.content(key, signal);
    if (content === undefined || versionOf(content) !== version) return undefined;
    return (await this.client.property(key, this.options.property, signal)) === this.options.waiting ? content : undefined;
  }

  private async content(key: string, signal: AbortSignal): Promise<ContentAnswer | undefined> {
    try {
      return await this.client.content(key, signal);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

function versionOf({ version, items }: ContentAnswer): string {
  return hashOf(JSON.stringify([version, items.map(({ length, hash }) => [length, hash?.value ?? ''])]));
}

/** Resource keys are opaque, and of any length. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
