import { command, event, rpc } from '@nestanza/contracts';
import { type Bus } from '@nestanza/bus';
import { type World } from '@nestanza/testing';
import { type WorkflowContext, type Workflows } from '@nestanza/workflow';
import { Column, Entity, PrimaryColumn, type DataSource, type EntityManager, type MigrationInterface } from 'typeorm';

/* What examples in the documentation may use without declaring it. */

export class OrderPlacedDto {
  orderId!: string;
}
export class ReserveDto {
  orderId!: string;
  lines!: readonly { readonly sku: string; readonly quantity: number }[];
}
export class ReservedDto {
  until!: string;
}
export class OutOfStock {
  sku!: string;
}
export class RefundForm {
  orderId!: string;
}
export class OrderProgress {
  orderId!: string;
  status!: string;
}
export class ReceiptDto {
  orderId!: string;
}

export const OrderPlaced = event('pubsub:orders/placed', { type: 'order.placed.v1', body: OrderPlacedDto });
export const Reserve = rpc('rpc:inventory.reserve', {
  in: ReserveDto,
  out: ReservedDto,
  errors: { OUT_OF_STOCK: OutOfStock },
});
export const OrderPaid = event('pubsub:orders/paid', { type: 'order.paid.v1', body: OrderPlacedDto });
export const PaymentArrived = event('pubsub:payments', { type: 'payment.arrived.v1', body: OrderPlacedDto });
export const OrderStatus = event('pubsub:orders/status', { type: 'order.status.v1', body: OrderProgress });
export const Invoiced = event('pubsub:invoices', { type: 'invoiced.v1', body: OrderPlacedDto });
export const Refund = command('command:refund', { form: RefundForm, out: ReceiptDto });

@Entity()
export class Order {
  @PrimaryColumn()
  id!: string;
  orderId!: string;
  lines!: ReserveDto['lines'];
  status!: string;
}
@Entity()
export class Shipment {
  @PrimaryColumn()
  orderId!: string;
  @Column()
  state!: string;
}
export class Orders {}
export class ShopModule {}
export class Reservation {
  orderId!: string;
}
export declare class Ledger {
  ship(orderId: string): Promise<string>;
  release(orderId: string): Promise<void>;
}
export declare class Settings {
  readonly queue: 'postgres';
}
export declare const order: Order;
export declare const CreateOrders1764000000000: new () => MigrationInterface;

export declare const bus: Bus;
export declare const ctx: WorkflowContext;
export declare const workflows: Workflows;
export declare const dataSource: DataSource;
export declare const lookup: (key: string) => unknown;
export declare const wake: () => void;
export declare const world: World;
export declare const orderId: string;
export declare const sku: string;
export declare const images: readonly { readonly id: string }[];
export declare const resize: (image: { readonly id: string }) => Promise<string>;
export declare const insure: (order: Order) => Promise<string>;
export declare const password: string;
export declare const secret: string;
export declare const tx: EntityManager;
export declare const body: OrderPlacedDto;
