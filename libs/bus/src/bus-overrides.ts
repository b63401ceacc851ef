import type { BusModuleOptions } from './bus-options.js';

/** What a test kit changes in the buses of an application, without a change in the application's code. */
export interface BusOverrides {
  /** Options that win over those of the module. */
  options(given: BusModuleOptions): Partial<BusModuleOptions>;
  /** Stands around every run of a handler, from decoding to its outcome. @param place - `Inventory.onPlaced` */
  around<T>(place: string, run: () => Promise<T>): Promise<T>;
}

/** Injection token of the optional `BusOverrides`; a global module provides them. */
export const BUS_OVERRIDES = Symbol('nestanza:bus-overrides');
