/** An order to place, and where it must end. */
export interface PlannedOrder {
  /** The order's id when it goes by PubSub; the Idempotency-Key when it goes by HTTP. */
  readonly key: string;
  readonly via: 'http' | 'pubsub';
  readonly customer: string;
  readonly sku: string;
  readonly expected: 'shipped' | 'cancelled' | 'refused';
}
