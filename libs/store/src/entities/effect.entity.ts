// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One named outside effect of a step: started before the call, done with its receipt after it. */
@Entity({ name: 'effect' })
export class EffectRow {
  @PrimaryColumn({ name: 'step_id', type: 'uuid' })
  stepId!: string;
  @PrimaryColumn({ name: 'name', type: 'text' })
  name!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'state', type: 'text' })
  state!: 'started' | 'done';
  @Column({ name: 'receipt', type: 'jsonb', nullable: true })
  receipt!: JsonValue | null;
  @Column({ name: 'fence', type: 'bigint' })
  fence!: string;
  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;
  @Column({ name: 'done_at', type: 'timestamptz', nullable: true })
  doneAt!: Date | null;
}
