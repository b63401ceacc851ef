import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { Failure } from './failure.js';

/** A message taken in and not yet handled; the row leaves with the commit of its effects. */
@Entity({ schema: 'nestanza', name: 'inbox' })
@Index('inbox_key', ['grp', 'key', 'id'], { where: 'key IS NOT NULL' })
@Index('inbox_retry', ['grp', 'lane', 'retryAt'], { where: 'retry_at IS NOT NULL' })
export class InboxMessage {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'inbox_pkey' })
  grp!: number;

  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'inbox_pkey' })
  lane!: number;

  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'inbox_pkey',
  })
  id!: string;

  /** Ordering key. */
  @Column({ type: 'text', nullable: true })
  key!: string | null;

  @Column({ type: 'text' })
  sender!: string;

  @Column({ name: 'message_id', type: 'text' })
  messageId!: string;

  @Column({ type: 'text' })
  envelope!: string;

  /** When a failed message runs again; `null` before the first failure. */
  @Column({ name: 'retry_at', type: 'timestamptz', nullable: true })
  retryAt!: Date | null;

  /** Failed attempts so far. */
  @Column({ type: 'smallint', default: 0 })
  attempts!: number;

  /** How often a process died with this message in hand. From 2 on it runs alone; at 5 it is dead-lettered. */
  @Column({ type: 'smallint', default: 0 })
  deliveries!: number;

  @Column({ type: 'jsonb', default: [] })
  failures!: Failure[];

  /** When it was taken in. */
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at!: Date;
}
