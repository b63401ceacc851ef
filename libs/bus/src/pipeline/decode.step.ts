import { systemClock, type Clock } from '@nestanza/core';
import { Reject } from '../settlement.js';
import type { Step } from './step.js';

/** Reads the message and refuses one that has expired. */
export function decodeStep(clock: Clock = systemClock): Step {
  return {
    says: 'decode',
    run(exchange, next) {
      const message = exchange.read();
      const { expirytime } = message.attributes;
      if (expirytime !== undefined && Date.parse(expirytime) <= clock.now()) {
        throw new Reject('NST_BUS_EXPIRED', `The message expired at ${expirytime}.`);
      }
      exchange.decoded(message);
      return next();
    },
  };
}
