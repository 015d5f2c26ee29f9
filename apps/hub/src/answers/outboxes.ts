// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { DmsOutboxPort, type PullPage, type WaitingAnswer, type WaitingSubmission } from '@amtsbote/adapter-kit';
import { Injectable } from '@nestjs/common';

import { IntakeLimits, Pull, type PullConfig } from '../config/endpoint-config.js';
import type { InstanceConfig } from '../config/hub-config.js';
import { type AdapterInstance, Instances } from '../house/instances.js';
import { House } from '../house/tokens.js';
import { type OutboxAsked, outboxName } from '../intake/pull/pulled.js';
import { tenantsOfInstance } from '../ops/reach.js';

/** An outbox is one source. */
const SOURCE = 'outbox';
/** No answer brings data beside its document; the intake asks how much memory something takes. */
const BODY_BYTES = 1_024;

/** The outboxes of all DMS instances that have one, as what is asked in rounds. */
@Injectable()
export class Outboxes {
  private readonly all: readonly OutboxAsked[];

  constructor(
    private readonly house: House,
    instances: Instances,
  ) {
    this.all = instances.list().flatMap((instance) => this.outboxOf(instance));
  }

  list(): readonly OutboxAsked[] {
    return this.all;
  }

  private outboxOf({ name: instance, type, config, port }: AdapterInstance): OutboxAsked[] {
    if (!(port instanceof DmsOutboxPort) || port.outbox === null) return [];
    const { begins } = port.outbox;
    const tenants = tenantsOfInstance(instance, this.house.loaded.config);
    return [
      {
        name: outboxName(instance),
        type,
        instance,
        outbox: port,
        answers: config.answers,
        tenants,
        config: { tenant: tenants[0] ?? '', pull: pullOf(config), limits: limitsOf(config) },
        port: {
          sources: [{ name: SOURCE, begins }],
          list: async (_source, from, signal): Promise<PullPage> => {
            const { waiting, next, cursor } = await port.list(from, signal);
            return { waiting: waiting.map(waitingOf), next, cursor };
          },
          describeTarget: () => port.describeTarget(),
        },
      },
    ];
  }
}

/** An answer among what waits: its id holds document and version, because another version is another answer. */
function waitingOf(answer: WaitingAnswer): WaitingSubmission {
  const { documentId, version, placedAt } = answer;
  const { placedAt: _placedAt, ...handle } = answer;
  const versionHash = createHash('sha256').update(version).digest('hex').slice(0, 12);
  return {
    submissionId: `${documentId} ${versionHash}`,
    ...(placedAt === undefined ? {} : { submittedAt: placedAt }),
    handle: handle,
  };
}

/** The answer as the port told of it, perhaps days ago. */
export function answerOf({ handle, submittedAt }: WaitingSubmission): WaitingAnswer {
  const answer = handle as unknown as Omit<WaitingAnswer, 'placedAt'>;
  return { ...answer, ...(submittedAt === undefined ? {} : { placedAt: submittedAt }) };
}

/** One after the other, so that the answers of one Vorgang keep their order; as patient as the instance is. */
function pullOf({ answers, retry, attemptMs, leaseMs, breaker }: InstanceConfig): PullConfig {
  const { everyMs, roundMax } = answers;
  const pauses = { firstMs: retry.firstMs, maxMs: retry.maxMs };
  return Pull.parse({ everyMs, retry: pauses, submissionsAtOnce: 1, roundMax, listMs: attemptMs, leaseMs, breaker });
}

function limitsOf({ answers: { documentBytesMax }, attemptMs }: InstanceConfig): IntakeLimits {
  return IntakeLimits.parse({
    bodyBytesMax: BODY_BYTES,
    attachmentsMax: 1,
    attachmentBytesMax: documentBytesMax,
    totalBytesMax: documentBytesMax,
    totalMs: Math.max(1_000, attemptMs),
  });
}
