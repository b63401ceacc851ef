import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A message to send; the row leaves when the service that receives it has confirmed. */
@Entity({ schema: 'nestanza', name: 'outbox' })
@Index('outbox_lane', ['grp', 'lane', 'id'])
@Index('outbox_retry', ['grp', 'key', 'id'], { where: 'retry_at IS NOT NULL' })
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'outbox_pkey',
  })
  id!: string;

  /** The sending service's group of lanes. */
  @Column({ type: 'int' })
  grp!: number;

  @Column({ type: 'smallint' })
  lane!: number;

  /** Ordering key. */
  @Column({ type: 'text', nullable: true })
  key!: string | null;

  /** CloudEvents id, and item id of a PubSub publish. */
  @Column({ name: 'message_id', type: 'text' })
  messageId!: string;

  /** Channel text: `pubsub:orders/placed`. */
  @Column({ type: 'text' })
  channel!: string;

  @Column({ type: 'text' })
  envelope!: string;

  @Column({ name: 'retry_at', type: 'timestamptz', nullable: true })
  retryAt!: Date | null;

  @Column({ type: 'smallint', default: 0 })
  attempts!: number;

  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at!: Date;
}
