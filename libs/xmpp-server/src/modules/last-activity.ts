import { StanzaError, xml, type Element } from '@nestanza/xmpp';
import type { ServerHost, ServerModule } from '../host.js';
import { hasFrom } from '../subscription-states.js';

const LAST = 'jabber:iq:last';
const KEY = 'last-activity';

interface Farewell {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly status: string;
}

/**
 * XEP-0012: Last Activity, https://xmpp.org/extensions/xep-0012.html, version 2.0: the server's uptime, and for those who
 * may see an account's presence how long it has been away.
 */
export const lastActivity: ServerModule = {
  name: 'last-activity',
  features: [LAST],
  setup(host) {
    const started = host.clock.now();
    const kind = { type: 'get', name: 'query', xmlns: LAST } as const;
    host.iq.answer({ ...kind, at: 'server' }, () => answer(host.clock.now() - started));
    host.iq.answer({ ...kind, at: 'own account' }, ({ to }) => awayTime(host, to.local));
    host.iq.answer({ ...kind, at: 'account' }, ({ from, to }) =>
      host.turns.run(to.local, async () => {
        const { items } = await host.rosters.open(to.local);
        const item = items.get(from.bare().toString());
        // §4: the same for an unknown account as for one that keeps this to its contacts.
        if (!hasFrom(item?.subscription ?? 'none')) throw new StanzaError('forbidden');
        return awayTime(host, to.local);
      }),
    );
    host.hooks.presenceOut.on(({ session, to, stanza }) => {
      if (to !== undefined || stanza.attr('type') !== 'unavailable') return undefined;
      return remember(host, session.jid.local, stanza.childText('status') ?? '');
    });
    host.hooks.sessionEnded.on(({ session }) => {
      if (session.presence !== undefined) return remember(host, session.jid.local, '');
      return undefined;
    }, -1);
  },
};

async function awayTime(host: ServerHost, account: string): Promise<Element> {
  if (host.sessions.available(account).length > 0) return answer(0);
  const stored = await host.data.get(account, KEY);
  if (stored === undefined) throw new StanzaError('item-not-found');
  const { at, status } = JSON.parse(stored) as Farewell;
  return answer(host.clock.now() - at, status);
}

/** Kept only once nobody of the account is left. */
async function remember(host: ServerHost, account: string, status: string): Promise<void> {
  if (host.sessions.available(account).length > 0) return;
  const farewell: Farewell = { at: host.clock.now(), status: status.slice(0, 1_024) };
  await host.turn(account, async () => {
    await host.data.put(account, { key: KEY, value: JSON.stringify(farewell), limit: host.limits.accountDocuments });
  });
}

function answer(milliseconds: number, status = ''): Element {
  return xml('query', { xmlns: LAST, seconds: Math.max(0, Math.floor(milliseconds / 1_000)) }, status);
}
