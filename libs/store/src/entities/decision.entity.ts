// SPDX-License-Identifier: EUPL-1.2
import type { Decision } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A decision the back office sent. */
@Entity({ name: 'decision' })
export class DecisionRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'application_id', type: 'uuid' })
  applicationId!: string;
  @Column({ name: 'idempotency_key', type: 'text' })
  idempotencyKey!: string;
  /** SHA-256 of what was sent; `null` for decisions from before it was remembered. */
  @Column({ name: 'fingerprint', type: 'text', nullable: true })
  fingerprint!: string | null;
  @Column({ name: 'document', type: 'jsonb' })
  document!: Decision;
  @Column({ name: 'received_at', type: 'timestamptz' })
  receivedAt!: Date;
}
