export type { BullMQOptions, MessageJobOptions, QueuedMessage } from './bullmq/dispatch-options.js';
export { InjectServiceQueue, SERVICE_QUEUE, type ServiceJobData, type ServiceQueue } from './bullmq/service-queue.js';
export { OnDeadLetter, type DeadLetterHook } from './dead-letter/on-dead-letter.decorator.js';
export { DELIVERY_DEFAULTS, type DeliveryModuleAsyncOptions, type DeliveryModuleOptions } from './delivery-options.js';
export { DeliveryModule } from './delivery.module.js';
export {
  DeliveryInspector,
  type Backlog,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type DeliveryStatus,
} from './inspector.js';
export { ConsumerGroup } from './schema/consumer-group.entity.js';
export { DeadLetter } from './schema/dead-letter.entity.js';
export { deliveryEntities, deliveryMigrations } from './schema/entities.js';
export type { Failure } from './schema/failure.js';
export { InboxMessage } from './schema/inbox-message.entity.js';
export { InboxSeen } from './schema/inbox-seen.entity.js';
export { Lane } from './schema/lane.entity.js';
export { OutboxMessage } from './schema/outbox-message.entity.js';
export { RpcResult } from './schema/rpc-result.entity.js';
export { Tx } from './tx.decorator.js';
