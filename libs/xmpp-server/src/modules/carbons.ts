import { Jid, NS_RECEIPTS, xml, type Element } from '@nestanza/xmpp';
import { hasHint } from '../hints.js';
import type { ServerHost, ServerModule } from '../host.js';
import type { Session } from '../session.js';

const CARBONS = 'urn:xmpp:carbons:2';
const FORWARD = 'urn:xmpp:forward:0';
const MUC_USER = 'http://jabber.org/protocol/muc#user';
/** Namespaces that make a message part of a conversation although it has no body (§6.1). */
const CONVERSATION = new Set([NS_RECEIPTS, 'urn:xmpp:chat-markers:0', 'http://jabber.org/protocol/chatstates']);

/**
 * XEP-0280: Message Carbons, https://xmpp.org/extensions/xep-0280.html, version 1.0.1: an account's conversations are seen
 * by each of its sessions that asked for it.
 */
export const carbons: ServerModule = {
  name: 'carbons',
  features: [CARBONS, 'urn:xmpp:carbons:rules:0'],
  setup(host) {
    const enabled = new WeakSet<Session>();
    for (const name of ['enable', 'disable'] as const) {
      host.iq.answer({ at: 'own account', type: 'set', name, xmlns: CARBONS }, ({ from }) => {
        const session = host.sessions.find(from.local, from.resource);
        if (session !== undefined) enabled[name === 'enable' ? 'add' : 'delete'](session);
        return undefined;
      });
    }
    const copy = (account: string, but: readonly Session[], carbon: (to: Session) => Element) => {
      for (const session of host.sessions.of(account)) {
        if (enabled.has(session) && !but.includes(session)) session.send(carbon(session));
      }
    };
    host.hooks.leaving.on(({ session, stanza }) => {
      if (!isConversation(stanza, 'sent')) return false;
      const isToSelf = isFor(session.jid.bare(), stanza.attr('to'));
      // A message to oneself arrives anyway, and is copied as received.
      if (!isToSelf) copy(session.jid.local, [session], (to) => carbonOf(host, { kind: 'sent', stanza, to }));
      return false;
    }, 100);
    host.hooks.delivered.on(({ account, stanza, takers }) => {
      if (!isConversation(stanza, 'received')) return;
      copy(account, takers, (to) => carbonOf(host, { kind: 'received', stanza, to }));
    });
  },
};

/** §6.1; private, hinted and group messages are nobody else's, and of a room's private ones only what was sent (§6.2). */
function isConversation(stanza: Element, kind: 'sent' | 'received'): boolean {
  if (stanza.name !== 'message') return false;
  if (stanza.child('private', CARBONS) !== undefined || hasHint(stanza, 'no-copy')) return false;
  if (stanza.elements().some((child) => child.xmlns === CARBONS)) return false;
  if (kind === 'received' && stanza.child('x', MUC_USER) !== undefined) return false;
  switch (stanza.attr('type')) {
    case 'chat':
      return true;
    case undefined:
    case 'normal':
      return stanza.child('body') !== undefined || stanza.elements().some(({ xmlns }) => CONVERSATION.has(xmlns));
    default:
      return false;
  }
}

function carbonOf(
  host: ServerHost,
  { kind, stanza, to }: { readonly kind: 'sent' | 'received'; readonly stanza: Element; readonly to: Session },
): Element {
  return xml(
    'message',
    {
      xmlns: 'jabber:client',
      from: host.account(to.jid.local).toString(),
      to: to.jid.toString(),
      type: stanza.attr('type'),
    },
    xml(kind, { xmlns: CARBONS }, xml('forwarded', { xmlns: FORWARD }, stanza)),
  );
}

function isFor(account: Jid, to: string | undefined): boolean {
  return to === undefined || Jid.parse(to).bare().equals(account);
}
