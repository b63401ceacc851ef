import type { Bus } from '@nestanza/bus';
import { withCallKeys } from '@nestanza/bus/internal';
import type { Messages } from './engine/engine-parts.js';

/** What workflows send and ask, through the bus of the application. */
export function busMessages(bus: Bus): Messages {
  return {
    publish: (target, body, options) =>
      typeof target === 'string' ? bus.publish(target, body, options) : bus.publish(target, body as object, options),
    send: (channel, body, options) => bus.send(channel, body, options),
    keyed: withCallKeys,
    request: (contract, body, options) => bus.request(contract, body as object, options),
  };
}
