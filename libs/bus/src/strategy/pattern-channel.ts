import type { ChannelKind } from '@nestanza/contracts';

/** Begins as a channel does, rather than as a name. */
const CHANNEL = /^(pubsub|rpc|message|presence|service|muc|command|pep):/;

/**
 * The channel that a pattern of @nestjs/microservices means: the pattern itself where it is one, else the name under
 * `rpc:` or `pubsub:`; `undefined` for a pattern that is no text, which XMPP has no name for.
 */
export function patternChannel(pattern: unknown, kind: Extract<ChannelKind, 'pubsub' | 'rpc'>): string | undefined {
  if (typeof pattern !== 'string' || pattern === '') return undefined;
  return CHANNEL.test(pattern) ? pattern : `${kind}:${pattern}`;
}
