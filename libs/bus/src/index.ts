export { Ctx, Payload } from '@nestjs/microservices';
export type { AttributeValue, MessageAttributes } from './attributes.js';
export { Bus, type BusStatus, type CallOptions, type Gateway, type PublishOptions, type SendOptions } from './bus.js';
export type { BusModuleOptions, StartupMode, XmppTarget } from './bus-options.js';
export { BusModule } from './bus.module.js';
export { InjectBus, InjectXmpp } from './bus-tokens.js';
export { AllowFrom } from './decorators/allow-from.decorator.js';
export type {
  HandlerDecorator,
  HandlerOptions,
  ItemFormat,
  SubscribeOptions,
  WatchOptions,
} from './decorators/handler-declaration.js';
export { OnMessage } from './decorators/on-message.decorator.js';
export { OnPresence, type PresenceChange } from './decorators/on-presence.decorator.js';
export { MessageHeader, Sender } from './decorators/parameters.js';
export { Respond, type Eventually } from './decorators/respond.decorator.js';
export { Subscribe } from './decorators/subscribe.decorator.js';
export { Watch } from './decorators/watch.decorator.js';
export type { DurableOptions, Receipt, TransactionHandle } from './delivery.port.js';
export type { XmppClient } from './link/xmpp-client/xmpp-client.js';
export { MessageContext } from './message-context.js';
export { Message } from './message.js';
export type { NodeModel, OwnedContract, OwnedNode } from './provisioning/owned-contract.js';
export { Reject, RetryAfter, type Settlement } from './settlement.js';
export { StartupError, type Fault } from './startup-error.js';
export { XMPP } from './strategy/transport-id.js';
export { XmppClientProxy, type XmppClientProxyOptions } from './strategy/xmpp-client-proxy.js';
export { XmppStrategy } from './strategy/xmpp-strategy.js';
