// SPDX-License-Identifier: EUPL-1.2
import type { DeliverableDocument, HeldDocument } from '@amtsbote/adapter-kit';

import type { CmisClient } from './cmis.client.js';
import { checkedOut, CmisFailure } from './cmis.errors.js';
import { type CmisOptions, principalOf } from './cmis.options.js';
import type { TargetType } from './cmis.types.mapping.js';
import type { ObjectAnswer } from './cmis.wire.js';

/** Content of documents: whether it is what was sent, and how it is replaced. Throws what the client throws, and DeliveryError. */
export class Contents {
  constructor(
    private readonly client: CmisClient,
    private readonly options: CmisOptions,
  ) {}

  /** The document's latest version. */
  async latest(id: string, type: TargetType, signal: AbortSignal): Promise<ObjectAnswer> {
    return this.client.object(isVersioned(type) ? { id, version: 'latest' } : { id }, signal);
  }

  /** True when the repository holds what was sent: by its length, by policy, when `strict`, or without a length by reading it back. */
  async isAsSent({ properties }: ObjectAnswer, document: DeliverableDocument, signal: AbortSignal, strict = false): Promise<boolean> {
    const length = properties['cmis:contentStreamLength'];
    const isKnown = typeof length === 'number' && length >= 0;
    if (isKnown && length !== document.size) return false;
    // [T] A document whose content got lost on the way has neither length nor media type; one of no bytes may look the same.
    if (!isKnown && typeof properties['cmis:contentStreamMimeType'] !== 'string') return document.size === 0;
    if (isKnown && !strict && this.options.document.verify === 'length') return true;
    const stored = await this.client.measure(String(properties['cmis:objectId']), signal);
    return stored.length === document.size && stored.sha512 === document.sha512;
  }

  /** The bytes that the repository holds of a document's latest version, read; null = it is not there. */
  async held(id: string, type: TargetType, signal: AbortSignal): Promise<HeldDocument['content']> {
    try {
      const { properties } = await this.latest(id, type, signal);
      const label = properties['cmis:versionLabel'];
      const version = typeof label === 'string' && label !== '' ? { version: label } : {};
      // [T] A document without content has no stream to be read.
      if (typeof properties['cmis:contentStreamMimeType'] !== 'string') return { size: 0, ...version };
      const { length, sha512 } = await this.client.measure(String(properties['cmis:objectId']), signal);
      return { size: length, sha512, ...version };
    } catch (error) {
      if (error instanceof CmisFailure && error.exception === 'objectNotFound') return null;
      throw error;
    }
  }

  /** Puts other content in place of the present one. A version may be one too many, it is never a second document. */
  async replace(present: ObjectAnswer, type: TargetType, document: DeliverableDocument, signal: AbortSignal): Promise<ObjectAnswer> {
    const { newContent } = this.options.document;
    const checksIn = newContent === 'checkIn' || (newContent === 'auto' && isVersioned(type));
    const { properties } = present;
    const id = String(properties['cmis:objectId']);
    if (checksIn) return this.client.checkIn(await this.workingCopy(present, signal), document, signal);
    if (properties['cmis:isVersionSeriesCheckedOut'] === true) throw checkedOut();
    const token = properties['cmis:changeToken'];
    return this.client.setContent(id, typeof token === 'string' ? token : undefined, document, signal);
  }

  /** Ours from an attempt that ended in the middle is used again; somebody else's is left alone. */
  private async workingCopy({ properties }: ObjectAnswer, signal: AbortSignal): Promise<string> {
    if (properties['cmis:isVersionSeriesCheckedOut'] !== true) {
      const copy = await this.client.checkOut(String(properties['cmis:objectId']), signal);
      return String(copy.properties['cmis:objectId']);
    }
    const [by, id] = [properties['cmis:versionSeriesCheckedOutBy'], properties['cmis:versionSeriesCheckedOutId']];
    if (typeof id === 'string' && typeof by === 'string' && by === principalOf(this.options)) return id;
    throw checkedOut();
  }
}

/** What the first version of a document is to be; types without versions know only one answer. */
export function versioningStateOf(type: TargetType, { document }: CmisOptions): 'none' | 'major' | 'minor' {
  return isVersioned(type) ? document.firstVersion : 'none';
}

function isVersioned({ definition }: TargetType): boolean {
  return definition.versionable === true;
}
