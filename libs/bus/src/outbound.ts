import type { Channel } from '@nestanza/contracts';
import { jsonText } from '@nestanza/xmpp';
import type { OutboundMessage } from './delivery.port.js';
import { directMessage } from './dispatch/direct-message.js';
import type { Transport } from './transport.js';

/** How a direct message waits in the outbox. */
interface DirectEnvelope {
  readonly text: string;
  /** Whether the text is JSON that also travels as a container. */
  readonly json: boolean;
}

/** The envelope of a direct message: a text as it is, anything else as JSON. */
export function directEnvelope(body: unknown): string {
  return JSON.stringify(
    (typeof body === 'string'
      ? { text: body, json: false }
      : { text: JSON.stringify(body), json: true }) satisfies DirectEnvelope,
  );
}

/**
 * Sends a stored message: an event to its node, resolved when the PubSub service has confirmed; a direct message,
 * resolved when the own server has taken it over. Safe to repeat: the id stays the same.
 */
export function deliverOutbound(transport: Transport, { id, channel, envelope }: OutboundMessage): Promise<void> {
  if (channel.kind === 'pubsub') return transport.publish(channel, { id, payload: jsonText(envelope) });
  return transport.sendMessage(
    directMessage(messageAddress(channel, transport.address.domain), id, JSON.parse(envelope) as DirectEnvelope),
  );
}

/** `message:alice` is an account of the own domain; the remote form names the whole JID. */
function messageAddress({ service, name }: Channel, domain: string): string {
  return service ?? (name.includes('@') ? name : `${name}@${domain}`);
}
