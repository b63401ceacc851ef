export { connectClient, type ClientOptions } from './client.js';
export { connectComponent, type ComponentOptions } from './component.js';
export type { Connection, ConnectionStatus, IqHandler, RequestOptions, Unsubscribe } from './connection.js';
export { Jid, type JidParts } from './jid.js';
export { NS_CLIENT } from './namespaces.js';
export { errorReply, iqGet, iqSet, resultReply, type IqAddress } from './stanza/iq.js';
export { message, readMessage, type MessageFields, type MessageType, type ReadMessage } from './stanza/message.js';
export {
  presence,
  readPresence,
  type PresenceFields,
  type PresenceType,
  type ReadPresence,
  type Show,
} from './stanza/presence.js';
export {
  NS_NESTANZA_ERRORS,
  StanzaError,
  type StanzaErrorCondition,
  type StanzaErrorOptions,
  type StanzaErrorType,
} from './stanza/stanza-error.js';
export type { TlsOptions } from './stream/starttls.js';
export { StreamError, type StreamErrorCondition } from './stream/stream-error.js';
export {
  callNative,
  nativeCall,
  nativeResult,
  NS_NATIVE_RPC,
  readNativeCall,
  readNativeResult,
  type NativeCall,
} from './xep/native-rpc.js';
export {
  findForm,
  formElement,
  formFlag,
  formValue,
  NS_DATA_FORMS,
  readForm,
  submitForm,
  type DataForm,
  type FormField,
  type FormType,
  type FormValues,
} from './xep/xep-0004-forms.js';
export { RPC_FAULTS, RpcFault } from './xep/xep-0009/rpc-fault.js';
export { NS_RPC, type RpcValue } from './xep/xep-0009/rpc-value.js';
export {
  callRpc,
  readRpcCall,
  readRpcResponse,
  rpcCall,
  rpcFault,
  rpcResponse,
  type RpcCall,
} from './xep/xep-0009/rpc.js';
export {
  answerDiscoInfo,
  discoInfo,
  discoInfoResult,
  discoItems,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  type DiscoIdentity,
  type DiscoInfo,
  type DiscoItem,
  type DiscoTarget,
} from './xep/xep-0030-disco.js';
export {
  NS_RSM,
  readRsmRequest,
  readRsmResult,
  rsmRequest,
  rsmResult,
  type RsmRequest,
  type RsmResult,
} from './xep/xep-0059-rsm.js';
export { readPubsubEvent, type PubsubEvent } from './xep/xep-0060/events.js';
export {
  publishItem,
  readItems,
  retractItem,
  type ItemsOptions,
  type ItemsResult,
  type PublishOptions,
} from './xep/xep-0060/items.js';
export {
  isAffiliation,
  NODE_CONFIG,
  NS_PUBSUB,
  NS_PUBSUB_ERRORS,
  NS_PUBSUB_EVENT,
  NS_PUBSUB_OWNER,
  PUBLISH_OPTIONS,
  type Affiliation,
  type NodeAddress,
  type PubsubItem,
} from './xep/xep-0060/model.js';
export {
  configureNode,
  createNode,
  deleteNode,
  purgeNode,
  readAffiliations,
  readNodeConfig,
  setAffiliations,
} from './xep/xep-0060/nodes.js';
export {
  readSubscriptions,
  subscribe,
  unsubscribe,
  type Subscriber,
  type Subscription,
  type SubscriptionState,
} from './xep/xep-0060/subscriptions.js';
export { escapeLocal, unescapeLocal } from './xep/xep-0106-jid-escaping.js';
export { NS_RECEIPTS, receiptFor, receiptRequest, receivedId } from './xep/xep-0184-receipts.js';
export { answerPings, NS_PING, ping } from './xep/xep-0199-ping.js';
export { delayElement, NS_DELAY, readDelay, type Delay } from './xep/xep-0203-delay.js';
export { jsonElement, jsonText, NS_JSON, parseJson, readJson } from './xep/xep-0335-json.js';
export { Element, xml, type AttributeValues, type Child, type Node } from './xml/element.js';
