import { xml, type Element } from '@nestanza/xmpp';
import type { ServerModule } from '../host.js';
import type { Session } from '../session.js';

const CLIENT_STATE = 'urn:xmpp:csi:0';
const CHAT_STATES = 'http://jabber.org/protocol/chatstates';

/** Presences held back for one session; at the bound all are sent. */
const MAX_HELD = 500;

/**
 * XEP-0352: Client State Indication, https://xmpp.org/extensions/xep-0352.html, version 1.0.0. To an inactive client
 * nothing is sent that can wait: of presence the last of each sender is kept, chat states are dropped. Whatever cannot
 * wait takes the held along, before itself.
 */
export const clientState: ServerModule = {
  name: 'client-state',
  streamFeatures: () => [xml('csi', { xmlns: CLIENT_STATE })],
  setup(host) {
    const inactive = new WeakMap<Session, Holding>();
    host.hooks.nonza.on(({ session, element }) => {
      if (element.xmlns !== CLIENT_STATE) return false;
      const holding = inactive.get(session);
      if (element.name === 'active' && holding !== undefined) {
        inactive.delete(session);
        holding.end();
      }
      if (element.name === 'inactive' && holding === undefined) inactive.set(session, new Holding(session));
      return true;
    });
  },
};

/** What waits for one inactive session. */
class Holding {
  readonly #session: Session;
  /** By sender, the oldest first. */
  readonly #held = new Map<string, Element>();

  constructor(session: Session) {
    this.#session = session;
    session.holdBack = (stanza) => this.#takes(stanza);
  }

  end(): void {
    this.#session.holdBack = undefined;
    this.#release();
  }

  #takes(stanza: Element): boolean {
    if (isChatState(stanza)) return true;
    if (isStatus(stanza)) {
      const sender = stanza.attr('from') ?? '';
      this.#held.delete(sender);
      this.#held.set(sender, stanza);
      if (this.#held.size > MAX_HELD) this.#release();
      return true;
    }
    this.#release();
    return false;
  }

  #release(): void {
    const { holdBack } = this.#session;
    this.#session.holdBack = undefined;
    for (const stanza of this.#held.values()) this.#session.send(stanza);
    this.#held.clear();
    this.#session.holdBack = holdBack;
  }
}

/** Somebody came or went; requests and errors are no such thing. */
function isStatus(stanza: Element): boolean {
  const type = stanza.attr('type');
  return stanza.name === 'presence' && (type === undefined || type === 'unavailable');
}

function isChatState(stanza: Element): boolean {
  if (stanza.name !== 'message') return false;
  const words = stanza.elements().filter(({ name }) => name !== 'thread');
  return words.length > 0 && words.every(({ xmlns }) => xmlns === CHAT_STATES || xmlns === 'urn:xmpp:hints');
}
