import {
  PATTERN_EXTRAS_METADATA,
  PATTERN_HANDLER_METADATA,
  PATTERN_METADATA,
  TRANSPORT_METADATA,
} from '@nestjs/microservices/constants.js';
import { PatternHandler } from '@nestjs/microservices/enums/pattern-handler.enum.js';
import type { HandlerDeclaration, SubscribeOptions } from '../decorators/handler-declaration.js';
import { patternChannel } from './pattern-channel.js';
import { XMPP } from './transport-id.js';

/** What may stand in the extras of a pattern: the options of `@Subscribe`, and whether the event is durable. */
type Extras = SubscribeOptions & { readonly durable?: boolean };

/**
 * What `@MessagePattern` and `@EventPattern` on a method mean for a bus: calls that it answers, and events that it
 * handles as `@Subscribe` does, or as `@Watch` where the extras say `{ durable: false }`. Patterns of another transport
 * mean nothing.
 * @throws TypeError for a pattern that is no text
 */
export function patternDeclarations(callback: object): readonly HandlerDeclaration[] {
  const patterns = (Reflect.getMetadata(PATTERN_METADATA, callback) ?? []) as readonly unknown[];
  const transport: unknown = Reflect.getMetadata(TRANSPORT_METADATA, callback);
  if (transport !== undefined && transport !== XMPP) return [];
  const { durable = true, ...options } = (Reflect.getMetadata(PATTERN_EXTRAS_METADATA, callback) ?? {}) as Extras;
  const isEvent = Reflect.getMetadata(PATTERN_HANDLER_METADATA, callback) === PatternHandler.EVENT;
  return patterns.map((pattern) => {
    const channel = patternChannel(pattern, isEvent ? 'pubsub' : 'rpc');
    if (channel === undefined) {
      throw new TypeError(`The pattern ${JSON.stringify(pattern)} is no text, and XMPP has no other names.`);
    }
    if (!isEvent) return { kind: 'respond', channel, options };
    return { kind: durable ? 'subscribe' : 'watch', channel, options };
  });
}
