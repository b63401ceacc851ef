export { openQueueBackend } from './bullmq/backend.js';
export { Delivery } from './delivery.js';
export { openDeliveryInspector, type DatabaseInspector } from './open-inspector.js';
export { prepareDatabase } from './prepare-database.js';
export { openStorage } from './storage.js';
export { DELIVERY_DATA_SOURCE, DELIVERY_OVERRIDES, KERNEL } from './tokens.js';
