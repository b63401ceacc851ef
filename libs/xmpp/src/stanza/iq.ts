import { NS_CLIENT } from '../namespaces.js';
import { xml, type Element } from '../xml/element.js';
import type { StanzaError } from './stanza-error.js';

export interface IqAddress {
  /** Absent: the own account, answered by its server. */
  readonly to?: string;
  readonly from?: string;
  readonly id?: string;
}

/** A request for information (RFC 6120 §8.2.3). */
export function iqGet(address: IqAddress, payload: Element): Element {
  return xml('iq', { xmlns: NS_CLIENT, ...address, type: 'get' }, payload);
}

/** A request that changes something. */
export function iqSet(address: IqAddress, payload: Element): Element {
  return xml('iq', { xmlns: NS_CLIENT, ...address, type: 'set' }, payload);
}

/**
 * The result of a request. It comes from the address that was asked, which may be the bare JID: the requester accepts
 * it from no other.
 */
export function resultReply(request: Element, payload?: Element): Element {
  const { to, from, id } = request.attributes;
  return xml('iq', { xmlns: NS_CLIENT, type: 'result', to: from, from: to, id }, payload);
}

/** The stanza of type `error` that answers any stanza but one of type `error` (§8.3.1). */
export function errorReply(stanza: Element, error: StanzaError): Element {
  const { to, from, id } = stanza.attributes;
  return xml(stanza.name, { xmlns: NS_CLIENT, type: 'error', to: from, from: to, id }, error.toElement());
}
