import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { Failure } from './failure.js';

/** A message that was given up: everything needed to understand it, and to run it again. */
@Entity({ schema: 'nestanza', name: 'dead_letter' })
@Index('dead_letter_service', ['service', 'id'])
export class DeadLetter {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'dead_letter_pkey',
  })
  id!: string;

  /** `inbox`: a handler gave it up. `outbox`: the receiving service refused it. */
  @Column({ type: 'text' })
  source!: 'inbox' | 'outbox';

  /** The service whose message it was. */
  @Column({ type: 'text' })
  service!: string;

  @Column({ type: 'int' })
  grp!: number;

  @Column({ type: 'smallint' })
  lane!: number;

  /** Channel text: `pubsub:orders/placed`. */
  @Column({ type: 'text' })
  channel!: string;

  /** Contract type of the channel; of an outgoing message its channel text. */
  @Column({ type: 'text' })
  type!: string;

  /** `Inventory.onPlaced`; `relay` for an outgoing message. */
  @Column({ type: 'text' })
  handler!: string;

  @Column({ type: 'text' })
  sender!: string;

  @Column({ name: 'message_id', type: 'text' })
  messageId!: string;

  /** PubSub item id. */
  @Column({ type: 'text', nullable: true })
  item!: string | null;

  @Column({ type: 'text', nullable: true })
  key!: string | null;

  /** The message with its headers, as it was stored. */
  @Column({ type: 'text' })
  envelope!: string;

  /** Stable code of the last failure. */
  @Column({ type: 'text' })
  code!: string;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'text', nullable: true })
  stack!: string | null;

  @Column({ type: 'smallint' })
  attempts!: number;

  /** Every failed attempt, oldest first. */
  @Column({ type: 'jsonb', default: [] })
  failures!: Failure[];

  /** Why an `@OnDeadLetter` handler failed; its own effects were rolled back. */
  @Column({ name: 'hook_error', type: 'text', nullable: true })
  hookError!: string | null;

  @Column({ name: 'received_at', type: 'timestamptz' })
  receivedAt!: Date;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at!: Date;
}
