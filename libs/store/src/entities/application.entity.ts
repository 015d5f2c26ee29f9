// SPDX-License-Identifier: EUPL-1.2
import type { Application, ApplicationState, Progress } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One accepted application; `document` is the canonical application. */
@Entity({ name: 'application' })
export class ApplicationRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'reference', type: 'text' })
  reference!: string;
  @Column({ name: 'endpoint', type: 'text' })
  endpoint!: string;
  @Column({ name: 'submission_id', type: 'text' })
  submissionId!: string;
  /** SHA-256 of what was sent: tells a repeated submission from a changed one under the same id. */
  @Column({ name: 'fingerprint', type: 'text' })
  fingerprint!: string;
  /** Null while no route matches: parked visibly. */
  @Column({ name: 'route', type: 'text', nullable: true })
  route!: string | null;
  /** Status instance that tells the portal. */
  @Column({ name: 'report_to', type: 'text', nullable: true })
  reportTo!: string | null;
  /** What ends it: the decision of the back office, or the last step. */
  @Column({ name: 'completes_by', type: 'text' })
  completesBy!: 'decision' | 'steps';
  @Column({ name: 'state', type: 'text' })
  state!: ApplicationState;
  /** Citizen-visible changes so far. */
  @Column({ name: 'state_sequence', type: 'int' })
  stateSequence!: number;
  @Column({ name: 'progress', type: 'text' })
  progress!: Progress;
  @Column({ name: 'leika_key', type: 'text', nullable: true })
  leikaKey!: string | null;
  @Column({ name: 'form_id', type: 'text', nullable: true })
  formId!: string | null;
  /** Parallel run of its endpoint at receipt. */
  @Column({ name: 'parallel_run', type: 'text', nullable: true })
  parallelRun!: string | null;
  /** Equal for the applications that both form systems of a parallel run sent of one matter; a keyed hash, nothing can be read from it. */
  @Column({ name: 'pair_key', type: 'text', nullable: true })
  pairKey!: string | null;
  @Column({ name: 'test', type: 'boolean' })
  test!: boolean;
  @Column({ name: 'document', type: 'jsonb' })
  document!: Application;
  @Column({ name: 'received_at', type: 'timestamptz' })
  receivedAt!: Date;
  @Column({ name: 'changed_at', type: 'timestamptz' })
  changedAt!: Date;
  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
