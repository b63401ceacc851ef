export {
  DURABLE_DELIVERY,
  type DurableDelivery,
  type DurablePublishOptions,
  type DurableSubscription,
  type HandlingScope,
  type InboundMessage,
  type OnceKey,
  type OutboundMessage,
  type StoredMessage,
} from './delivery.port.js';
export type { ItemListener, ItemsPage, ReceivedItem, Transport } from './transport.js';
export { deliverOutbound } from './outbound.js';
export { BUS_SERVICE } from './bus-tokens.js';
export { BUS_OVERRIDES, type BusOverrides } from './bus-overrides.js';
export { answerCalls, answerTo, type Answer } from './rpc/answer-calls.js';
export { withCallKeys } from './call-key.js';
export { nestLog } from './nest-log.js';
export { failureReport, type Failure } from './failure-report.js';
export { restore, store, storedItem } from './stored-envelope.js';
export { openBus, type OpenBus, type OpenBusOptions } from './open-bus.js';
