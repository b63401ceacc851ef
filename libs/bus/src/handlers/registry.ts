import { formatChannel } from '@nestanza/contracts';
import type { HandlerDeclaration } from '../decorators/handler-declaration.js';
import type { Fault } from '../startup-error.js';
import { type Handler, isKind } from './handler.js';

/** Channel kinds that each decorator takes. */
const KINDS: Readonly<Record<HandlerDeclaration['kind'], readonly string[]>> = {
  subscribe: ['pubsub'],
  watch: ['pubsub'],
  respond: ['rpc'],
  message: ['message'],
  presence: ['presence', 'service'],
};

/** The handlers of one bus. */
export class HandlerRegistry {
  readonly #handlers: readonly Handler[];
  readonly #service: string;

  /** @param service - default group of durable handlers */
  constructor(handlers: readonly Handler[], service: string) {
    this.#handlers = handlers;
    this.#service = service;
  }

  of<Kind extends HandlerDeclaration['kind']>(kind: Kind): readonly Handler<Kind>[] {
    return this.#handlers.filter((handler): handler is Handler & Handler<Kind> => isKind(handler, kind));
  }

  /** One line per handler: channel, and its pipeline in words. */
  describe(): readonly string[] {
    return this.#handlers.map(
      ({ declaration, channel, pipeline }) => `@${declaration.kind} ${formatChannel(channel)}: ${pipeline.describe()}`,
    );
  }

  groupOf(handler: Handler<'subscribe'>): string {
    return handler.declaration.options.group ?? this.#service;
  }

  /** Wrong channels, and handlers of which only one may be, each with both places. */
  faults(): readonly Fault[] {
    return [...this.#wrongKinds(), ...this.#unreachable(), ...this.#duplicates()];
  }

  #wrongKinds(): readonly Fault[] {
    return this.#handlers.flatMap(({ declaration, channel, place }) => {
      const kinds = KINDS[declaration.kind];
      if (!kinds.includes(channel.kind)) {
        return {
          place,
          problem: `a ${declaration.kind} handler cannot stand on "${formatChannel(channel)}"`,
          remedy: `name a channel that begins with ${kinds.map((kind) => `"${kind}:"`).join(' or ')}`,
        };
      }
      if (channel.kind === 'pubsub' && channel.name.endsWith('/*')) {
        return {
          place,
          problem: `"${formatChannel(channel)}" names many nodes, and a handler follows one`,
          remedy: 'put one decorator for each node on the method',
        };
      }
      return [];
    });
  }

  #unreachable(): readonly Fault[] {
    return this.of('respond').flatMap(({ channel, place }) => {
      const account = channel.service === undefined ? channel.name.split('.', 1)[0] : undefined;
      if (account === undefined || account === this.#service) return [];
      return {
        place,
        problem: `callers look for "${formatChannel(channel)}" at the account "${account}", but this service is "${this.#service}"`,
        remedy: `move the handler to the service "${account}", or name the method "${this.#service}.…" in the contract`,
      };
    });
  }

  #duplicates(): readonly Fault[] {
    const first = new Map<string, Handler>();
    const faults: Fault[] = [];
    for (const handler of this.#handlers) {
      const identity = this.#identityOf(handler);
      if (identity === undefined) continue;
      const earlier = first.get(identity);
      if (earlier === undefined) {
        first.set(identity, handler);
        continue;
      }
      faults.push({
        place: `${earlier.place} and ${handler.place}`,
        problem: `both are ${identity}`,
        remedy: isKind(handler, 'subscribe')
          ? 'remove one, or give one of them another { group }'
          : 'remove one: a call or message has one answer',
      });
    }
    return faults;
  }

  /** What may be there once only. */
  #identityOf(handler: Handler): string | undefined {
    const channel = formatChannel(handler.channel);
    if (isKind(handler, 'subscribe')) return `@Subscribe("${channel}") of the group "${this.groupOf(handler)}"`;
    if (isKind(handler, 'respond')) return `@Respond("${channel}")`;
    if (isKind(handler, 'message')) return `@OnMessage("${channel}")`;
    return undefined;
  }
}
