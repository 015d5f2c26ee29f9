// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An application offered on a pickup queue; its id is the export step's. */
@Entity({ name: 'pickup_item' })
export class PickupItemRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
  @Column({ name: 'seq', type: 'bigint' })
  seq!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'queue', type: 'text' })
  queue!: string;
  @Column({ name: 'application_id', type: 'uuid' })
  applicationId!: string;
  @Column({ name: 'state', type: 'text' })
  state!: 'offered' | 'leased' | 'acknowledged' | 'rejected' | 'withdrawn';
  @Column({ name: 'lease_id', type: 'uuid', nullable: true })
  leaseId!: string | null;
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;
  @Column({ name: 'deliveries', type: 'int' })
  deliveries!: number;
  @Column({ name: 'offered_at', type: 'timestamptz' })
  offeredAt!: Date;
  @Column({ name: 'settled_at', type: 'timestamptz', nullable: true })
  settledAt!: Date | null;
  @Column({ name: 'receipt', type: 'jsonb', nullable: true })
  receipt!: JsonValue | null;
}
