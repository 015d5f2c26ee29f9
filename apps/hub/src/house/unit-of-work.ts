// SPDX-License-Identifier: EUPL-1.2
import { envelopeOf, type MessageDraft, Waker } from '@amtsbote/bus';
import type { Message, MessageType } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { type JournalEntry, type Transaction } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { type NewStep, type StateChange, type StepMove, writeChanges } from './changes.js';
import { House } from './tokens.js';

/**
 * A running transaction: state is changed through `sql`, or gathered here and written at its end with journal and messages; everything
 * commits together (law 2). What is gathered cannot be read back within the transaction.
 */
export class Work {
  readonly messages: Message[] = [];
  readonly entries: JournalEntry[] = [];
  readonly steps: NewStep[] = [];
  readonly moves: StepMove[] = [];
  /** By application: the last word counts. */
  readonly states = new Map<string, StateChange>();

  constructor(
    readonly sql: Transaction,
    readonly house: House,
  ) {}

  /** A message that goes out with the commit. */
  publish<T extends MessageType>(draft: MessageDraft<T>): void {
    this.messages.push(envelopeOf(draft, { clock: this.house.clock, ids: this.house.ids, source: 'amtsbote/hub' }));
  }

  /** A journal entry that is written with the commit. */
  note(entry: Omit<JournalEntry, 'at'>): void {
    this.entries.push({ ...entry, at: this.house.clock.now() });
  }
}

/** Runs state change, journal entry and outgoing message as one transaction, then wakes those who wait for work. */
@Injectable()
export class UnitOfWork {
  constructor(
    private readonly house: House,
    private readonly waker: Waker,
  ) {}

  /** @throws whatever `act` throws; then nothing at all has happened. */
  async run<Result>(act: (work: Work) => Promise<Result>): Promise<Result> {
    const { result, published } = await this.house.database.transaction(async (sql) => {
      const work = new Work(sql, this.house);
      const outcome = await act(work);
      await writeChanges(sql, work, this.house.clock.now());
      crashPoint('work.committing');
      return { result: outcome, published: work.messages.length > 0 };
    });
    crashPoint('work.committed');
    if (published) this.waker.nudge();
    return result;
  }
}
