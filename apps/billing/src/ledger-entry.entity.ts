import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One charge. No key forbids a second one for an order: that there is none is the bus's doing, for anybody to check. */
@Entity({ schema: 'billing', name: 'ledger' })
@Index('ledger_order_id', ['orderId'])
export class LedgerEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: string;

  @Column('text', { name: 'order_id' })
  orderId!: string;

  @Column('text')
  customer!: string;

  /** In cents. */
  @Column('int')
  amount!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  at!: Date;
}
