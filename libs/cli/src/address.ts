import { CHANNEL_KINDS, parseChannel, type Channel, type ChannelKind } from '@nestanza/contracts';
import { NestanzaError } from '@nestanza/core';

/**
 * The channel that a word names. Its kind may be left out: `orders/placed` is `pubsub:orders/placed` where `kind` is
 * `pubsub`.
 * @throws NestanzaError `NST_CONTRACT_CHANNEL` for what is no channel, or one of another kind
 */
export function readChannel(word: string, kind: ChannelKind): Channel {
  const named = CHANNEL_KINDS.some((known) => word.startsWith(`${known}:`));
  const channel = parseChannel(named ? word : `${kind}:${word}`);
  if (channel.kind === kind) return channel;
  throw new NestanzaError('NST_CONTRACT_CHANNEL', `"${word}" is a ${channel.kind} channel; this verb wants ${kind}.`, {
    facts: { channel: word },
  });
}

/** The account that a channel of kind `message` or `rpc` is addressed to. */
export function accountOf({ kind, service, name }: Channel, domain: string): string {
  if (service !== undefined) return service;
  return `${kind === 'rpc' ? name.split('.', 1)[0]! : name}@${domain}`;
}
