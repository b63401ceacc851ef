import type { OutboundMessage } from './delivery.port.js';
import type { Transport } from './transport.js';

/**
 * Sends a stored message: an event to its node, resolved when the PubSub service has confirmed; a direct message,
 * resolved when the own server has taken it over. Safe to repeat: the id stays the same.
 */
export function deliverOutbound(transport: Transport, message: OutboundMessage): Promise<void> {
  return Promise.reject(new Error(`${transport.address.local} ${message.id}`));
}
