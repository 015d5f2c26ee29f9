// SPDX-License-Identifier: EUPL-1.2
import type { PaymentDemand, PaymentState } from '@amtsbote/canonical';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A payment intent, stored before the provider hears of it. */
@Entity({ name: 'payment' })
export class PaymentRow {
  @PrimaryColumn({ name: 'step_id', type: 'uuid' })
  stepId!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'application_id', type: 'uuid' })
  applicationId!: string;
  @Column({ name: 'instance', type: 'text' })
  instance!: string;
  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;
  @Column({ name: 'state', type: 'text' })
  state!: PaymentState;
  @Column({ name: 'demand', type: 'jsonb' })
  demand!: PaymentDemand;
  @Column({ name: 'transaction_id', type: 'text', nullable: true })
  transactionId!: string | null;
  @Column({ name: 'pay_url', type: 'text', nullable: true })
  payUrl!: string | null;
  @Column({ name: 'kassenzeichen', type: 'text', nullable: true })
  kassenzeichen!: string | null;
  @Column({ name: 'method', type: 'text', nullable: true })
  method!: string | null;
  @Column({ name: 'requested_at', type: 'timestamptz' })
  requestedAt!: Date;
  @Column({ name: 'paid_at', type: 'timestamptz', nullable: true })
  paidAt!: Date | null;
  @Column({ name: 'changed_at', type: 'timestamptz' })
  changedAt!: Date;
}
