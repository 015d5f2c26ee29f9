// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One try of a step; without an end it was cut off by a crash. */
@Entity({ name: 'attempt' })
export class AttemptRow {
  @PrimaryColumn({ name: 'step_id', type: 'uuid' })
  stepId!: string;
  @PrimaryColumn({ name: 'number', type: 'int' })
  number!: number;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'owner', type: 'text' })
  owner!: string;
  @Column({ name: 'fence', type: 'bigint' })
  fence!: string;
  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
  @Column({ name: 'outcome', type: 'text', nullable: true })
  outcome!: string | null;
  @Column({ name: 'failure', type: 'jsonb', nullable: true })
  failure!: Failure | null;
  @Column({ name: 'retry_at', type: 'timestamptz', nullable: true })
  retryAt!: Date | null;
}
