import type { InstanceWrapper } from '@nestjs/core/internal';

/** Where a handler's code stands. */
export interface HandlerTarget {
  readonly wrapper: InstanceWrapper;
  /** Key of its module in Nest's container. */
  readonly module: string;
  readonly method: string;
  /** `Inventory.onPlaced`, for logs, errors and dead letters. */
  readonly place: string;
}
