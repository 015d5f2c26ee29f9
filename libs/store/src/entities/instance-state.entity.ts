// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Pause and circuit breaker of an adapter instance, shared by all processes. */
@Entity({ name: 'instance_state' })
export class InstanceStateRow {
  @PrimaryColumn({ name: 'instance', type: 'text' })
  instance!: string;
  @Column({ name: 'paused', type: 'boolean' })
  paused!: boolean;
  @Column({ name: 'paused_reason', type: 'text', nullable: true })
  pausedReason!: string | null;
  @Column({ name: 'paused_by', type: 'text', nullable: true })
  pausedBy!: string | null;
  @Column({ name: 'breaker', type: 'text' })
  breaker!: 'closed' | 'open' | 'halfOpen';
  @Column({ name: 'failures', type: 'int' })
  failures!: number;
  @Column({ name: 'open_until', type: 'timestamptz', nullable: true })
  openUntil!: Date | null;
  @Column({ name: 'probe_until', type: 'timestamptz', nullable: true })
  probeUntil!: Date | null;
  @Column({ name: 'last_failure', type: 'jsonb', nullable: true })
  lastFailure!: Failure | null;
  @Column({ name: 'changed_at', type: 'timestamptz' })
  changedAt!: Date;
}
