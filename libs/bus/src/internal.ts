export {
  DURABLE_DELIVERY,
  type DurableDelivery,
  type DurableOptions,
  type DurablePublishOptions,
  type DurableSubscription,
  type HandlingScope,
  type InboundMessage,
  type OnceKey,
  type OutboundMessage,
  type Receipt,
  type StoredMessage,
  type TransactionHandle,
} from './delivery.port.js';
export type { ItemListener, ItemsPage, ReceivedItem, Transport } from './transport.js';
export { deliverOutbound } from './outbound.js';
