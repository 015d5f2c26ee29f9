// SPDX-License-Identifier: EUPL-1.2
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Bytes in the blob store and whose they are. */
@Entity({ name: 'attachment' })
export class AttachmentRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
  @Column({ name: 'tenant', type: 'text' })
  tenant!: string;
  @Column({ name: 'application_id', type: 'uuid' })
  applicationId!: string;
  @Column({ name: 'decision_id', type: 'uuid', nullable: true })
  decisionId!: string | null;
  @Column({ name: 'name', type: 'text' })
  name!: string;
  @Column({ name: 'media_type', type: 'text' })
  mediaType!: string;
  @Column({ name: 'size', type: 'bigint' })
  size!: string;
  @Column({ name: 'sha512', type: 'text' })
  sha512!: string;
  @Column({ name: 'stored_at', type: 'timestamptz' })
  storedAt!: Date;
}
