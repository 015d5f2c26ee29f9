// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   parallel run   a service offered by two form systems while it moves from one to the other
 *   in charge      the endpoint whose applications are delivered
 *   shadow         what came in through the other one: accepted and kept like everything, delivered nowhere until a person says so
 *   pair           the applications that both form systems sent of one matter
 */
import { createHmac } from 'node:crypto';

import { compileText, type Expression, ExpressionError } from '@amtsbote/adapter-kit';
import type { Application } from '@amtsbote/canonical';
import { prepared } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { ParallelRunConfig } from '../config/hub-config.js';
import { House } from '../house/tokens.js';

/** A configured run. */
export interface ParallelRun extends ParallelRunConfig {
  readonly name: string;
}

/** What a run means for an application that just came in. */
export interface ParallelPlace {
  readonly run: string;
  readonly shadow: boolean;
}

/** The configured parallel runs, and which of their endpoints is in charge. */
@Injectable()
export class ParallelRuns {
  private readonly byEndpoint = new Map<string, ParallelRun>();
  private readonly pairBy = new Map<string, Expression<string>>();

  constructor(private readonly house: House) {
    for (const run of this.list()) {
      for (const endpoint of [run.current, run.next]) this.byEndpoint.set(endpoint, run);
      if (run.pairBy !== undefined) this.pairBy.set(run.name, compileText(run.pairBy));
    }
  }

  list(): readonly ParallelRun[] {
    return Object.entries(this.house.loaded.config.parallelRuns).map(([name, run]) => ({ name, ...run }));
  }

  /**
   * Whether what comes in through this endpoint now is delivered. Asked anew for each submission: what another process switched holds at once.
   * A submission that came between question and switch is a shadow too many at worst, and lies in the comparison until a person settles it.
   * @returns `undefined` for an endpoint without a parallel run.
   */
  async placeOf(endpoint: string): Promise<ParallelPlace | undefined> {
    const run = this.byEndpoint.get(endpoint);
    return run === undefined ? undefined : { run: run.name, shadow: (await this.liveOf(run)) !== endpoint };
  }

  /** Name of the endpoint in charge. */
  async liveOf({ name, current }: ParallelRun): Promise<string> {
    const [row] = await this.house.database.query<{ live: string }[]>(LIVE, [name]);
    return row?.live ?? current;
  }

  /**
   * By what the application is found again among those of the other form system; a keyed hash, because people are told apart by their data.
   * @returns `null` when the application does not have it.
   */
  pairKeyOf(run: string, application: Application): string | null {
    const text = textOf(this.pairBy.get(run), application).normalize('NFC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('de');
    if (text === '') return null;
    const { receiptSecret } = this.house.loaded.config;
    return createHmac('sha256', receiptSecret)
      .update(JSON.stringify(['parallel-run', run, application.tenant, text]))
      .digest('base64url');
  }
}

function textOf(expression: Expression<string> | undefined, application: Application): string {
  try {
    return expression?.({ application }) ?? '';
  } catch (error) {
    // An application that lacks what pairs are made by has no pair; it is listed as such.
    if (error instanceof ExpressionError) return '';
    throw error;
  }
}

const LIVE = prepared('SELECT live FROM parallel_run WHERE name = $1');
