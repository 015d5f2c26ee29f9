// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';
import { HttpClient, retryAfterMs } from '@amtsbote/platform';

import { refused, SourceFailure } from './xzufi.errors.js';
import { namesIn } from './xzufi.index.mapping.js';
import { XmlFault } from './xzufi.limits.client.js';
import type { XzufiSource } from './xzufi.options.js';
import type { DocumentSource, SourceDocument, SourceRead } from './xzufi.sources.client.js';

const INDEX_BYTES_MAX = 32 * 1024 * 1024;
type IndexOptions = Extract<XzufiSource, { type: 'index' }>;

/**
 * Files that indexes name, as the PVOG collects them: every index, then every file. Always a snapshot. An index that is missing, empty or no
 * index, and a file that is named and missing, end the read: less than everything would delete what is not there.
 */
export class IndexSource implements DocumentSource {
  private readonly answers: HttpClient;
  private readonly downloads: HttpClient;
  private readonly options: IndexOptions;
  private readonly clock: Clock;

  constructor(options: IndexOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;
    const { baseUrl, timeouts, basic } = options;
    const settings = { baseUrl, ...(basic === undefined ? {} : { basic }) };
    this.answers = new HttpClient({ ...settings, timeoutMs: timeouts.answerMs, answerBytesMax: INDEX_BYTES_MAX });
    this.downloads = new HttpClient({ ...settings, timeoutMs: timeouts.downloadMs });
  }

  get description(): string {
    return `${this.options.baseUrl}/${this.options.indexes.join(', ')}`;
  }

  async read(_cursor: string | null, signal: AbortSignal): Promise<SourceRead> {
    const names = await this.names(signal);
    const documents = names.map((name, index): SourceDocument => ({
      name,
      isLast: index === names.length - 1,
      cursor: null,
      open: (openSignal) => this.open(name, openSignal),
    }));
    return { mode: 'snapshot', documentsTotal: names.length, findings: [], cursor: null, documents };
  }

  async look(signal: AbortSignal): Promise<string> {
    return `${(await this.names(signal)).length} files in ${this.options.indexes.length} indexes`;
  }

  close(): void {
    this.answers.close();
    this.downloads.close();
  }

  /** Names of all files, relative to the base address. */
  private async names(signal: AbortSignal): Promise<string[]> {
    const all = new Set<string>();
    for (const index of this.options.indexes) {
      const { status, body, headers } = await this.answers.request({ method: 'GET', path: `/${index}`, signal });
      if (status === 404) throw refused('index-missing');
      if (status !== 200) throw this.failure(status, headers['retry-after']);
      const names = namesIn(body.toString('utf8'));
      if (names === undefined) throw refused('index-malformed');
      if (names.length === 0) throw refused('index-empty');
      const directory = index.slice(0, index.lastIndexOf('/') + 1);
      for (const name of names) all.add(directory + name);
    }
    return [...all];
  }

  private async open(name: string, signal: AbortSignal): ReturnType<SourceDocument['open']> {
    const { status, stream, headers } = await this.downloads.stream({ method: 'GET', path: `/${name}`, signal });
    if (status === 200) return stream;
    stream.destroy();
    if (status === 404 || status === 410) throw new XmlFault('file-missing', 'The index names the file, and the source does not have it.');
    throw this.failure(status, headers['retry-after']);
  }

  private failure(status: number, retryAfter: string | undefined): SourceFailure {
    return new SourceFailure(status, retryAfterMs(retryAfter, this.clock.now()));
  }
}
