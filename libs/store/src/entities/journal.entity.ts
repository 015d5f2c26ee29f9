// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What happened, append only: written in the transaction of the change it tells of. */
@Entity({ name: 'journal' })
export class JournalRow {
  @PrimaryColumn({ name: 'seq', type: 'bigint' })
  seq!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'application_id', type: 'uuid', nullable: true })
  applicationId!: string | null;
  @Column({ name: 'step_id', type: 'uuid', nullable: true })
  stepId!: string | null;
  @Column({ name: 'at', type: 'timestamptz' })
  at!: Date;
  @Column({ name: 'actor', type: 'text' })
  actor!: string;
  @Column({ name: 'event', type: 'text' })
  event!: string;
  @Column({ name: 'data', type: 'jsonb' })
  data!: Record<string, JsonValue>;
}
