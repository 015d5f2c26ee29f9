// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message no handler could take; kept with the reason until a person redrives it. */
@Entity({ name: 'dead_letter' })
export class DeadLetterRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
  @Column({ name: 'type', type: 'text' })
  type!: string;
  @Column({ name: 'subject', type: 'text' })
  subject!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'envelope', type: 'jsonb' })
  envelope!: JsonValue;
  @Column({ name: 'reason', type: 'text' })
  reason!: string;
  @Column({ name: 'deliveries', type: 'int' })
  deliveries!: number;
  @Column({ name: 'died_at', type: 'timestamptz' })
  diedAt!: Date;
}
