// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   pressure  more comes in than memory, disk or the rest of the hub can take: the intake refuses for a while, before it has read anything
 *   place     what a submission holds while it is taken: one of so many at a time, and the bytes it may have in memory
 *   share     places promised to each municipality: one that is flooded takes none of another's
 */
import type { IntakeLoadView, IntakeRefusal } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { BusyError } from '../../http/problem.js';
import { Gauge } from './gauge.js';
import { SharedPlaces } from './shared-places.js';

/** How old these figures may be, in milliseconds. */
const SPACE_AGE_MS = 1_000;
const BACKLOG_AGE_MS = 5_000;
/** Refusals are logged as one line for so long: a flood must not fill the log. */
const LOG_EVERY_MS = 10_000;
/** A limit is near from this part of it on. */
const NEAR = 0.7;

/** A submission that is about to be read. */
export interface Arrival {
  /** Municipality of the endpoint. */
  readonly tenant: string;
  /** Most bytes that it holds in memory at a time. */
  readonly memoryBytes: number;
  /** Bytes that it may write to the blob store, as far as they were announced. */
  readonly diskBytes: number;
}

/** Let in; to be left, whatever becomes of the submission. */
export interface Place {
  leave(): void;
}

/** Decides whether a submission is let in; asked before its body is read. Work that was accepted before is not touched by any of it. */
@Injectable()
export class IntakePressure {
  private readonly places: SharedPlaces;
  private readonly bytes: SharedPlaces;
  private readonly space: Gauge;
  private readonly backlogs = new Map<string, Gauge>();
  private announcedBytes = 0;
  private readonly refused: Record<IntakeRefusal, number> = {
    'storage-low': 0,
    'backlog-full': 0,
    'too-many-at-once': 0,
    'too-much-at-once': 0,
  };
  private unlogged = 0;
  private loggedAt = Number.NEGATIVE_INFINITY;
  private refusedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly house: House) {
    const { intake, endpoints } = house.loaded.config;
    const tenants = [...new Set(Object.values(endpoints).map(({ tenant }) => tenant))];
    this.places = new SharedPlaces(intake.pressure.inFlightMax, tenants);
    this.bytes = new SharedPlaces(intake.pressure.memoryBytesMax, tenants);
    this.space = new Gauge(house.clock, SPACE_AGE_MS, () => house.blobs.freeBytes());
    for (const tenant of tenants) this.backlogs.set(tenant, new Gauge(house.clock, BACKLOG_AGE_MS, () => this.countBacklog(tenant)));
  }

  /** @throws BusyError 429, or 503 when the blob store is nearly full */
  async enter({ tenant, memoryBytes, diskBytes }: Arrival): Promise<Place> {
    const { freeBytesMin, backlogMax } = this.house.loaded.config.intake.pressure;
    const [free, backlog] = await Promise.all([this.space.get(), this.backlogs.get(tenant)?.get()]);
    // From here on nothing waits: nobody comes in between looking and taking.
    if (free !== undefined && free - this.announcedBytes - diskBytes < freeBytesMin)
      throw this.refuse('storage-low', 503, 'The hub has little space left for attachments. Send it again later.');
    if (backlog !== undefined && backlog >= backlogMax)
      throw this.refuse('backlog-full', 429, 'So much waits to be handled that nothing more is taken at the moment. Send it again later.');
    if (!this.places.take(tenant))
      throw this.refuse('too-many-at-once', 429, 'Too many submissions are being taken at this moment. Send it again later.');
    if (!this.bytes.take(tenant, memoryBytes)) {
      this.places.leave(tenant);
      throw this.refuse('too-much-at-once', 429, 'The submissions being taken at this moment are too large together. Send it again later.');
    }
    this.announcedBytes += diskBytes;
    return { leave: this.leaving({ tenant, memoryBytes, diskBytes }) };
  }

  /** Whether somebody was refused a short while ago. */
  get isPressed(): boolean {
    return this.house.clock.now().getTime() - this.refusedAt < this.house.loaded.config.intake.pressure.retryAfterMs;
  }

  /** Load and limits of this process. */
  async view(tenants: readonly string[] | null): Promise<IntakeLoadView> {
    const { inFlightMax, memoryBytesMax, freeBytesMin, backlogMax } = this.house.loaded.config.intake.pressure;
    const free = await this.space.get();
    const own = [...this.backlogs].filter(([tenant]) => tenants?.includes(tenant) ?? true);
    const backlogs = await Promise.all(own.map(async ([tenant, gauge]) => ({ tenant, waiting: (await gauge.get()) ?? 0 })));
    const shares = [
      this.places.total / inFlightMax,
      this.bytes.total / memoryBytesMax,
      free === undefined ? 0 : freeBytesMin / Math.max(1, free),
      ...backlogs.map(({ waiting }) => waiting / backlogMax),
    ];
    return {
      inFlight: this.places.total,
      inFlightMax,
      memoryBytes: this.bytes.total,
      memoryBytesMax,
      freeBytes: free ?? null,
      freeBytesMin,
      backlogs,
      backlogMax,
      refused: { ...this.refused },
      isPressed: this.isPressed,
      nearLimit: shares.some((share) => share >= NEAR),
    };
  }

  private leaving({ tenant, memoryBytes, diskBytes }: Arrival): () => void {
    let isGone = false;
    return () => {
      if (isGone) return;
      isGone = true;
      this.places.leave(tenant);
      this.bytes.leave(tenant, memoryBytes);
      this.announcedBytes -= diskBytes;
    };
  }

  private refuse(code: IntakeRefusal, status: 429 | 503, detail: string): BusyError {
    const now = this.house.clock.now().getTime();
    this.refused[code] += 1;
    this.unlogged += 1;
    this.refusedAt = now;
    if (now - this.loggedAt >= LOG_EVERY_MS) {
      this.house.log.warn('intake.pressed', { code, refused: this.unlogged, inFlight: this.places.total });
      this.loggedAt = now;
      this.unlogged = 0;
    }
    return new BusyError(status, code, detail, this.house.loaded.config.intake.pressure.retryAfterMs);
  }

  /** Counted up to the limit and no further. */
  private async countBacklog(tenant: string): Promise<number> {
    const { backlogMax } = this.house.loaded.config.intake.pressure;
    const [row] = await this.house.database.query<{ count: number }[]>(BACKLOG, [tenant, backlogMax]);
    return row?.count ?? 0;
  }
}

const BACKLOG = 'SELECT count(*)::int AS count FROM (SELECT FROM message WHERE tenant = $1 LIMIT $2) waiting';
