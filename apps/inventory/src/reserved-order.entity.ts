import { type OrderLine } from '@nestanza-demo/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an order took off the shelf. It stays after its release, so that a late reservation finds it. */
@Entity({ schema: 'inventory', name: 'reserved_order' })
export class ReservedOrder {
  @PrimaryColumn('text', { name: 'order_id' })
  orderId!: string;

  @Column('jsonb')
  lines!: OrderLine[];

  /** In cents. */
  @Column('int')
  total!: number;

  @Column('boolean')
  released!: boolean;
}
