/** Injection token of the process's one kernel (`Kernel` of @nestanza/postgres/internal). */
export const KERNEL = Symbol('nestanza:kernel');

/** Injection token of the `DataSource` whose transactions handlers and steps run in: the application's, else an own one. */
export const DELIVERY_DATA_SOURCE = Symbol('nestanza:delivery-data-source');

/** Injection token of optional `Partial<DeliveryModuleOptions>` that win over the module's; the test kit provides them. */
export const DELIVERY_OVERRIDES = Symbol('nestanza:delivery-overrides');
