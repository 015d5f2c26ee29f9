// SPDX-License-Identifier: EUPL-1.2
import type { Failure, JsonValue, StepKind, StepState } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { StepOptions } from '../step-options.js';

/** One step of an application's Laufzettel. This row is the truth; messages only trigger. */
@Entity({ name: 'step' })
export class StepRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'application_id', type: 'uuid' })
  applicationId!: string;
  @Column({ name: 'position', type: 'int' })
  position!: number;
  @Column({ name: 'name', type: 'text' })
  name!: string;
  @Column({ name: 'kind', type: 'text' })
  kind!: StepKind;
  /** Adapter instance, or pickup queue for exports that are collected. */
  @Column({ name: 'instance', type: 'text' })
  instance!: string;
  @Column({ name: 'options', type: 'jsonb' })
  options!: StepOptions;
  @Column({ name: 'after', type: 'text', array: true })
  after!: string[];
  @Column({ name: 'condition', type: 'text', nullable: true })
  condition!: string | null;
  @Column({ name: 'state', type: 'text' })
  state!: StepState;
  @Column({ name: 'due_at', type: 'timestamptz', nullable: true })
  dueAt!: Date | null;
  @Column({ name: 'lease_owner', type: 'text', nullable: true })
  leaseOwner!: string | null;
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;
  /** Fencing token: grows with every claim; a late owner cannot write. */
  @Column({ name: 'fence', type: 'bigint' })
  fence!: string;
  @Column({ name: 'attempts', type: 'int' })
  attempts!: number;
  /** Failed attempts since the last success. */
  @Column({ name: 'failures', type: 'int' })
  failures!: number;
  /** Those of them that were our own mistakes. */
  @Column({ name: 'unexpected', type: 'int' })
  unexpected!: number;
  @Column({ name: 'failing_since', type: 'timestamptz', nullable: true })
  failingSince!: Date | null;
  @Column({ name: 'failure', type: 'jsonb', nullable: true })
  failure!: Failure | null;
  @Column({ name: 'receipt', type: 'jsonb', nullable: true })
  receipt!: JsonValue | null;
  @Column({ name: 'changed_at', type: 'timestamptz' })
  changedAt!: Date;
}
