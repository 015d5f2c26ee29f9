// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage, ServerResponse } from 'node:http';

import { type SimulatedAnswer, SimulatorServer } from '@amtsbote/adapter-kit/testing';

interface Offer {
  readonly content: string;
  readonly status: number;
  /** How often the answer is cut in its middle before it is whole. */
  cutTimes: number;
}

/** A portal's store of uploads, from which linked attachments are collected. */
export class LinkServer extends SimulatorServer {
  private readonly offers = new Map<string, Offer>();

  /** Offers a file. @returns its address. */
  offer(path: string, content: string, { status = 200, cutTimes = 0 }: { status?: number; cutTimes?: number } = {}): string {
    this.offers.set(path, { content, status, cutTimes });
    return this.url + path;
  }

  protected override handleStream(request: IncomingMessage, response: ServerResponse): boolean {
    const offer = this.offers.get(request.url ?? '');
    if (offer === undefined || offer.cutTimes === 0) return false;
    offer.cutTimes -= 1;
    response.writeHead(200, { 'content-length': String(offer.content.length) });
    response.write(offer.content.slice(0, 3), () => setTimeout(() => response.destroy(), 50));
    return true;
  }

  protected handle({ url }: { url: URL }): SimulatedAnswer {
    const offer = this.offers.get(url.pathname);
    if (offer === undefined) return { status: 404 };
    return { status: offer.status, headers: offer.status === 302 ? { location: '/anderswo' } : {}, body: offer.content };
  }
}
