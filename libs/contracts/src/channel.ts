import { NestanzaError } from '@nestanza/core';

/** What a channel maps to in XMPP. */
export const CHANNEL_KINDS = ['pubsub', 'rpc', 'message', 'muc', 'presence', 'service', 'command', 'pep'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** An address plus a kind: where messages go to or come from. */
export interface Channel {
  readonly kind: ChannelKind;
  /** JID of the service that holds a remote channel; `undefined` for a channel of the own domain. */
  readonly service: string | undefined;
  /**
   * Name within the service: node, method, account, room, command or namespace. Empty where the service's JID says it
   * all (`message://billing@partner.example`). Compared code unit by code unit; a trailing `/*` matches nodes below.
   */
  readonly name: string;
}

/** Kinds whose remote form is a JID alone, without a name after it. */
const ADDRESSED_BY_JID: ReadonlySet<ChannelKind> = new Set(['message', 'muc', 'presence', 'service']);

function refuse(text: string, why: string): never {
  throw new NestanzaError('NST_CONTRACT_CHANNEL', `"${text}" is no channel: ${why}.`, { facts: { channel: text } });
}

/**
 * The channel that a text names: `pubsub:orders/placed`, `rpc:inventory.reserve`, `message:billing`, and the remote
 * forms `pubsub://pubsub.partner.example/orders/placed`, `message://billing@partner.example`.
 * @throws NestanzaError `NST_CONTRACT_CHANNEL` naming what is wrong
 */
export function parseChannel(text: string): Channel {
  const colon = text.indexOf(':');
  if (colon < 1) refuse(text, `write <kind>:<name>, with a kind of ${CHANNEL_KINDS.join(', ')}`);
  const kind = CHANNEL_KINDS.find((known) => known === text.slice(0, colon));
  if (kind === undefined) refuse(text, `"${text.slice(0, colon)}" is none of ${CHANNEL_KINDS.join(', ')}`);
  const rest = text.slice(colon + 1);
  // A personal event's name is a namespace, which may itself contain "//".
  if (kind === 'pep' || !rest.startsWith('//')) {
    if (rest === '') refuse(text, 'the name after the colon is missing');
    return { kind, service: undefined, name: rest };
  }
  const address = rest.slice(2);
  const slash = address.indexOf('/');
  const service = slash === -1 ? address : address.slice(0, slash);
  const name = slash === -1 ? '' : address.slice(slash + 1);
  if (service === '') refuse(text, 'the service after "//" is missing');
  if (name === '' && !ADDRESSED_BY_JID.has(kind)) refuse(text, `a ${kind} channel needs a name after "//${service}/"`);
  if (name !== '' && ADDRESSED_BY_JID.has(kind)) refuse(text, `a ${kind} channel has no name after its address`);
  return { kind, service, name };
}

/** The text of a channel; the inverse of `parseChannel`. */
export function formatChannel({ kind, service, name }: Channel): string {
  if (service === undefined) return `${kind}:${name}`;
  return name === '' ? `${kind}://${service}` : `${kind}://${service}/${name}`;
}

/** The channel text moved to another service, as `Contract.at()` does. */
export function channelAt(text: string, service: string): string {
  const channel = parseChannel(text);
  return formatChannel(
    ADDRESSED_BY_JID.has(channel.kind)
      ? { ...channel, service: `${channel.name}@${service}`, name: '' }
      : { ...channel, service },
  );
}
