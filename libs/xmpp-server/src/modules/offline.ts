import { errorText } from '@nestanza/core';
import { delayElement, StanzaError, type Element } from '@nestanza/xmpp';
import { parseElement, serialize } from '@nestanza/xmpp/internal';
import type { ServerHost, ServerModule } from '../host.js';
import { hasHint } from '../hints.js';
import { errorOf } from '../replies.js';
import type { Session } from '../session.js';

/** XEP-0085: Chat State Notifications; a message of nothing else is worth nothing later. */
const CHAT_STATES = 'http://jabber.org/protocol/chatstates';

/**
 * XEP-0160: Best Practices for Handling Offline Messages, https://xmpp.org/extensions/xep-0160.html, version 1.0.1.
 * Messages for an account that nobody can take now are stored, up to its quota, and given to its next reachable session.
 * A crash between giving and forgetting gives them twice, never loses them.
 */
export const offline: ServerModule = {
  name: 'offline',
  features: ['msgoffline'],
  setup(host) {
    host.hooks.messageOffline.on(({ account, stanza }) => {
      if (isWorthStoring(stanza)) void host.turn(account, () => keep(host, account, stanza));
      return true;
    });
    host.hooks.reachable.on(({ session }) => give(host, session));
  },
};

/** Stores the message, unless somebody has come meanwhile who can take it. */
async function keep(host: ServerHost, account: string, received: Element): Promise<void> {
  const storing = { account, stanza: received };
  try {
    await host.hooks.storing.tell(storing);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    return refuse(host, received, error);
  }
  const { stanza } = storing;
  const takers = host.sessions.best(account);
  if (takers.length > 0) return takers.forEach((session) => session.send(stanza));
  const stamped = stanza.withChildren(...stanza.children, delayElement(new Date(host.clock.now()), host.domain));
  try {
    const limit = host.limits.offlineMessages;
    const outcome = await host.offline.add(account, { stanza: serialize(stamped), limit });
    if (outcome === 'full') refuse(host, stanza, new StanzaError('service-unavailable'));
  } catch (error) {
    refuse(host, stanza, new StanzaError('internal-server-error', { type: 'wait' }));
    throw error;
  }
}

async function give(host: ServerHost, session: Session): Promise<void> {
  const account = session.jid.local;
  const messages = await host.offline.list(account);
  for (const { id, stanza } of messages) {
    try {
      session.send(parseElement(stanza));
    } catch (error) {
      host.log.error('stored message is unreadable and dropped', { account, id, error: errorText(error) });
    }
  }
  const last = messages.at(-1);
  if (last !== undefined) await host.offline.removeThrough(account, last.id);
}

function isWorthStoring(message: Element): boolean {
  if (hasHint(message, 'store')) return true;
  if (hasHint(message, 'no-store')) return false;
  return message.elements().some(({ xmlns, name }) => xmlns !== CHAT_STATES && name !== 'thread');
}

function refuse(host: ServerHost, stanza: Element, error: StanzaError): void {
  const reply = errorOf(stanza, error);
  if (reply !== undefined) host.router.route(reply);
}
