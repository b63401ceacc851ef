import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'inventory', name: 'stock_item' })
@Check('stock_item_available_check', 'available >= 0')
export class StockItem {
  @PrimaryColumn('text')
  sku!: string;

  @Column('int')
  available!: number;

  /** In cents. */
  @Column('int')
  price!: number;
}
