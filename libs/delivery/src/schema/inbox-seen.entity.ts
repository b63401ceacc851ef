import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a consumer group has taken in during the last 7 days: a message found here is a duplicate. */
@Entity({ schema: 'nestanza', name: 'inbox_seen' })
@Index('inbox_seen_at', { synchronize: false })
export class InboxSeen {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'inbox_seen_pkey' })
  grp!: number;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'inbox_seen_pkey' })
  sender!: string;

  @PrimaryColumn({ name: 'message_id', type: 'text', primaryKeyConstraintName: 'inbox_seen_pkey' })
  messageId!: string;

  /** Hash of a bare item's content; empty for a CloudEvent. */
  @Column({ type: 'text', default: '' })
  digest!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at!: Date;
}
