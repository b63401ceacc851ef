import { errorText, type Log } from '@nestanza/core';
import { Jid, resultReply, StanzaError, type Element, type StanzaErrorCondition } from '@nestanza/xmpp';
import { messageType, verdictFor } from './delivery-table.js';
import type { ServiceEngine } from './engines/service-host.js';
import type { ServerHooks } from './hooks.js';
import type { IqTable } from './iq-table.js';
import { errorOf } from './replies.js';
import type { Session } from './session.js';
import type { SessionIndex } from './session-index.js';

export interface RouterParts {
  readonly domain: string;
  readonly sessions: SessionIndex;
  readonly hooks: ServerHooks;
  readonly iq: IqTable;
  readonly log: Log;
}

/**
 * Decides where a stanza goes; the only place that resolves addresses. Every stanza here has a `from` that the server
 * vouches for and a valid `to`.
 */
export class Router {
  readonly #parts: RouterParts;
  readonly #services = new Map<string, ServiceEngine>();

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** Hands every stanza for `domain` to an engine. */
  attach(domain: string, engine: ServiceEngine): void {
    this.#services.set(domain, engine);
  }

  services(): ReadonlyMap<string, ServiceEngine> {
    return this.#services;
  }

  /** Sends a stanza on its way; never throws. Live delivery has happened when this returns. */
  route(stanza: Element): void {
    const to = Jid.parse(stanza.attr('to') ?? '');
    const service = this.#services.get(to.domain);
    if (service !== undefined) return service.handle(stanza);
    if (to.domain !== this.#parts.domain) return this.#bounce(stanza, 'remote-server-not-found');
    if (to.local === '') return this.#toServer(stanza, to);
    if (this.#parts.hooks.arriving.claim({ account: to.local, stanza })) return;
    switch (stanza.name) {
      case 'message':
        return this.#messageToAccount(stanza, to);
      case 'presence':
        return this.#presenceToAccount(stanza, to);
      default:
        return this.#iqToAccount(stanza, to);
    }
  }

  #toServer(stanza: Element, to: Jid): void {
    if (stanza.name === 'iq') this.#respond('server', stanza, to);
    else if (stanza.name === 'message') this.#bounce(stanza, 'service-unavailable');
  }

  #messageToAccount(received: Element, to: Jid): void {
    const { sessions, hooks } = this.#parts;
    const incoming = { account: to.local, stanza: received };
    hooks.incoming.emit(incoming);
    const { stanza } = incoming;
    const matched = to.resource === '' ? undefined : sessions.find(to.local, to.resource);
    if (matched !== undefined) return this.#deliver(stanza, to.local, [matched]); // §8.5.3.1: connected is enough, available it need not be
    const reachable = sessions.reachable(to.local).length > 0;
    const verdict = verdictFor({
      type: messageType(stanza.attr('type')),
      target: to.resource === '' ? 'bare' : 'unmatched full',
      situation: reachable ? 'somebody' : 'nobody', // whether the account exists is found where it matters: when storing
    });
    switch (verdict) {
      case 'best':
        return this.#deliver(stanza, to.local, sessions.best(to.local));
      case 'all':
        return this.#deliver(stanza, to.local, sessions.reachable(to.local));
      case 'offline':
        if (!hooks.messageOffline.claim({ account: to.local, stanza })) this.#bounce(stanza, 'service-unavailable');
        return;
      case 'error':
        return this.#bounce(stanza, 'service-unavailable');
      case 'silent':
        return;
    }
  }

  #deliver(stanza: Element, account: string, takers: readonly Session[]): void {
    for (const session of takers) session.send(stanza);
    this.#parts.hooks.delivered.emit({ account, stanza, takers });
  }

  /** RFC 6121 §8.5.2.1.2, §8.5.3: what is no subscription matter goes to the matching or to every available resource. */
  #presenceToAccount(stanza: Element, to: Jid): void {
    const type = stanza.attr('type');
    if (type === undefined || type === 'unavailable' || type === 'error') {
      const { sessions } = this.#parts;
      if (to.resource !== '') return sessions.find(to.local, to.resource)?.send(stanza);
      if (type !== 'error') for (const session of sessions.available(to.local)) session.send(stanza);
      return;
    }
    const from = Jid.parse(stanza.attr('from') ?? '');
    this.#parts.hooks.presenceIn.claim({ account: to.local, from, to, stanza });
  }

  #iqToAccount(stanza: Element, to: Jid): void {
    if (to.resource === '') return this.#respond('account', stanza, to);
    const session = this.#parts.sessions.find(to.local, to.resource);
    if (session === undefined) this.#bounce(stanza, 'service-unavailable');
    else session.send(stanza);
  }

  /** Answers an IQ request on behalf of the server or an account; results and errors end here. */
  #respond(at: 'server' | 'account', iq: Element, to: Jid): void {
    const [payload] = iq.elements();
    if ((iq.attr('type') !== 'get' && iq.attr('type') !== 'set') || payload === undefined) return;
    const from = Jid.parse(iq.attr('from') ?? '');
    void this.#parts.iq.respond(at, { iq, from, to, payload }).then(
      (result) => this.route(resultReply(iq, result)),
      (error: unknown) => this.#refuse(iq, error),
    );
  }

  #refuse(iq: Element, error: unknown): void {
    if (error instanceof StanzaError) return this.#answer(errorOf(iq, error));
    this.#parts.log.error('request failed', { error: errorText(error), from: iq.attr('from'), id: iq.attr('id') });
    this.#answer(errorOf(iq, new StanzaError('internal-server-error', { type: 'wait' })));
  }

  /** Presence is never answered by an error of ours: it asked for nothing. */
  #bounce(stanza: Element, condition: StanzaErrorCondition): void {
    if (stanza.name !== 'presence') this.#answer(errorOf(stanza, new StanzaError(condition)));
  }

  #answer(reply: Element | undefined): void {
    if (reply !== undefined) this.route(reply);
  }
}
