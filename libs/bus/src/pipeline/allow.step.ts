import { Reject } from '../settlement.js';
import type { Step } from './step.js';

/**
 * Refuses senders that match none of the JID patterns.
 * @param options.trustsNode - an item whose publisher is unknown passes; else it is refused
 */
export function allowStep(patterns: readonly string[], { trustsNode }: { readonly trustsNode: boolean }): Step {
  const matchers = patterns.map(jidMatcher);
  return {
    says: `allow ${patterns.join(', ')}`,
    run(exchange, next) {
      const { channel, publisher, sender } = exchange.context;
      // A PubSub service is no sender in the sense of the rule: without a stamped publisher nobody is known.
      const who = channel.kind === 'pubsub' ? publisher : sender;
      if (who === undefined) {
        if (trustsNode) return next();
        throw new Reject('NST_BUS_FORBIDDEN', 'The PubSub service does not say who published, and only some may.');
      }
      if (!matchers.some((matches) => matches(who))) {
        throw new Reject('NST_BUS_FORBIDDEN', `${bareOf(who)} may not send to this handler.`);
      }
      return next();
    },
  };
}

function bareOf(jid: string): string {
  const slash = jid.indexOf('/');
  return slash === -1 ? jid : jid.slice(0, slash);
}

/** Matches bare JIDs against `local@domain`, where either part may be `*`; a pattern without `@` is a whole domain's address. */
function jidMatcher(pattern: string): (jid: string) => boolean {
  const [wantedLocal, wantedDomain] = parts(pattern);
  return (jid) => {
    const [local, domain] = parts(bareOf(jid));
    return (
      (wantedLocal === '*' ? local !== '' : wantedLocal === local) && (wantedDomain === '*' || wantedDomain === domain)
    );
  };
}

function parts(bare: string): readonly [local: string, domain: string] {
  const at = bare.indexOf('@');
  return at === -1 ? ['', bare] : [bare.slice(0, at), bare.slice(at + 1)];
}
