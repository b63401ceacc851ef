import { Reject } from '../settlement.js';
import type { Step } from './step.js';

/**
 * Refuses a message that claims an XMPP source other than its authenticated sender. Sources of other schemes, and
 * items without a stamped publisher, cannot be checked and pass.
 */
export const sourceStep: Step = {
  says: 'check source',
  run(exchange, next) {
    const { message, channel, publisher, sender } = exchange.context;
    const known = channel.kind === 'pubsub' ? publisher : sender;
    if (known !== undefined && message.source.startsWith('xmpp:') && message.source !== `xmpp:${bare(known)}`) {
      throw new Reject(
        'NST_BUS_SOURCE',
        `The message says it comes from ${message.source}, but ${bare(known)} sent it.`,
      );
    }
    return next();
  },
};

function bare(jid: string): string {
  const slash = jid.indexOf('/');
  return slash === -1 ? jid : jid.slice(0, slash);
}
