import { type OrderLine, type Status } from '@nestanza-demo/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'orders', name: 'order' })
export class Order {
  @PrimaryColumn('text')
  id!: string;

  /** Both are null for an order that was refused unread. */
  @Column('text', { nullable: true })
  customer!: string | null;

  @Column('jsonb', { nullable: true })
  lines!: OrderLine[] | null;

  @Column('text')
  status!: Status;

  /** The customer's own name for the request: the same key is the same order. */
  @Column('text', { name: 'idempotency_key', nullable: true, unique: true })
  idempotencyKey!: string | null;
}
