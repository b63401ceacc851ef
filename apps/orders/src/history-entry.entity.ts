import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Something that happened to an order. */
@Entity({ schema: 'orders', name: 'history' })
@Index('history_order_id', ['orderId', 'id'])
export class HistoryEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: string;

  @Column('text', { name: 'order_id' })
  orderId!: string;

  @Column('text')
  what!: string;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at!: Date;
}
