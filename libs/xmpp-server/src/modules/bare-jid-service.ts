import { NS_NATIVE_RPC, NS_RPC, StanzaError, type Element } from '@nestanza/xmpp';
import type { ServerHost, ServerModule } from '../host.js';
import type { IqRequest } from '../iq-table.js';
import type { Session } from '../session.js';

/** Payloads that a service answers at its account's bare JID. */
const PAYLOADS = [
  { name: 'query', xmlns: NS_RPC },
  { name: 'call', xmlns: NS_NATIVE_RPC },
  { name: 'next', xmlns: NS_NATIVE_RPC },
  { name: 'cancel', xmlns: NS_NATIVE_RPC },
];

/** Requests that one session may have unanswered. */
const MAX_PENDING = 10_000;

interface Pending {
  resolve(result: Element | undefined): void;
  reject(error: StanzaError): void;
}

/**
 * RPC to an account's bare JID goes to its available session of the highest priority of 0 or more, in turn among equals, and
 * the reply comes from the bare JID. RFC 6120 §8.5.2.1.3 has the server answer such a request itself; here the account's
 * service is the one who knows.
 */
export const bareJidService: ServerModule = {
  name: 'bare-jid-service',
  setup(host) {
    const service = new BareJidService(host);
    for (const payload of PAYLOADS) {
      for (const type of ['get', 'set'] as const) {
        host.iq.answer({ at: 'account', type, ...payload }, (request) => service.forward(request));
      }
    }
    host.hooks.leaving.on(({ session, stanza }) => service.reply(session, stanza));
    host.hooks.sessionEnded.on(({ session }) => service.abandon(session));
  },
};

class BareJidService {
  readonly #host: ServerHost;
  /** By the session asked; then by requester and id. */
  readonly #pending = new Map<Session, Map<string, Pending>>();
  #turn = 0;

  constructor(host: ServerHost) {
    this.#host = host;
  }

  forward({ iq, to, from }: IqRequest): Promise<Element | undefined> {
    const sessions = this.#host.sessions.best(to.local);
    this.#turn += 1;
    const session = sessions[this.#turn % sessions.length];
    if (session === undefined) throw new StanzaError('service-unavailable');
    const pending = this.#pending.get(session) ?? new Map<string, Pending>();
    const key = keyOf(from.toString(), iq.attr('id'));
    if (pending.has(key)) throw new StanzaError('conflict', { text: 'A request of this id is under way' });
    if (pending.size >= MAX_PENDING) throw new StanzaError('resource-constraint');
    this.#pending.set(session, pending);
    return new Promise((resolve, reject) => {
      pending.set(key, { resolve, reject });
      session.send(iq.with({ to: session.jid.toString() }));
    });
  }

  /** Takes over a session's reply to a forwarded request. */
  reply(session: Session, stanza: Element): boolean {
    const type = stanza.attr('type');
    if (stanza.name !== 'iq' || (type !== 'result' && type !== 'error')) return false;
    const pending = this.#pending.get(session);
    const key = keyOf(stanza.attr('to') ?? '', stanza.attr('id'));
    const request = pending?.get(key);
    if (pending === undefined || request === undefined) return false;
    pending.delete(key);
    if (type === 'error') request.reject(StanzaError.fromElement(stanza));
    else request.resolve(stanza.elements()[0]);
    return true;
  }

  /** The session is gone: what it was asked may have been done or not. */
  abandon(session: Session): void {
    for (const { reject } of this.#pending.get(session)?.values() ?? [])
      reject(new StanzaError('recipient-unavailable'));
    this.#pending.delete(session);
  }
}

function keyOf(requester: string, id: string | undefined): string {
  return `${requester} ${id}`;
}
