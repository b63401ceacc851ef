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
export { answerPings, NS_PING, ping } from './xep/xep-0199-ping.js';
export { Element, xml, type AttributeValues, type Child, type Node } from './xml/element.js';
