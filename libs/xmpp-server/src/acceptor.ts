import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { errorText } from '@nestanza/core';
import { StanzaError, type Jid } from '@nestanza/xmpp';
import { acceptStream, STANZA_LIMITS, type Authenticator, type XmlStream } from '@nestanza/xmpp/internal';
import { LoginThrottle } from './auth/login-throttle.js';
import type { ServerHost } from './host.js';
import { Session } from './session.js';
import { streamLink } from './stream-link.js';

export interface AcceptorOptions {
  readonly host: ServerHost;
  readonly authenticator: Authenticator;
}

/** Turns connections into sessions: negotiation, binding, and what happens when a stream ends. */
export class Acceptor {
  readonly #host: ServerHost;
  readonly #authenticator: Authenticator;
  readonly #throttle: LoginThrottle;
  /** Connections from their first byte to their last. */
  readonly #open = new Set<Duplex>();
  readonly #streams = new Map<Session, Promise<void>>();

  constructor({ host, authenticator }: AcceptorOptions) {
    this.#host = host;
    this.#authenticator = authenticator;
    this.#throttle = new LoginThrottle(host.clock);
  }

  get connections(): number {
    return this.#open.size;
  }

  /**
   * Serves one connection until it is gone; never rejects.
   * @param from.tls - demanded by STARTTLS; `unneeded` where the transport is secured already
   * @param from.address - of the peer; `undefined` inside the process
   */
  async accept(
    transport: Duplex,
    { tls, address }: { readonly tls: SecureContext | 'unneeded'; readonly address?: string | undefined },
  ): Promise<void> {
    const host = this.#host;
    this.#open.add(transport);
    transport.once('close', () => this.#open.delete(transport));
    try {
      const { stream, jid } = await acceptStream(transport, {
        serves: (domain) => domain === host.domain,
        tls,
        authenticator: this.#throttle.guarding(this.#authenticator, address),
        bind: (account, wanted) => this.#bind(account, wanted),
        features: host.streamFeatures,
        deadline: host.limits.negotiation,
        limits: { ...STANZA_LIMITS, bytes: host.limits.stanzaBytes },
        queueBytes: host.limits.sendQueueBytes,
        clock: host.clock,
      });
      this.#begin(stream, jid);
    } catch (error) {
      host.log.debug('connection refused', { error: errorText(error) });
    }
  }

  /** Ends every session with `system-shutdown` and waits until what they were sent has left, or the streams are gone. */
  async close(): Promise<void> {
    for (const session of this.#streams.keys()) session.close('system-shutdown');
    await Promise.all(this.#streams.values());
    for (const transport of this.#open) transport.destroy();
  }

  /** RFC 6120 §7.6, §7.7. */
  async #bind(account: Jid, wanted: string | undefined): Promise<string> {
    const { sessions, limits, accounts } = this.#host;
    const others = sessions.of(account.local).filter(({ jid }) => jid.resource !== wanted);
    if (others.length >= limits.resourcesPerAccount) throw new StanzaError('resource-constraint');
    // Configured and derived accounts exist in the store from here on, so that messages for them can wait there.
    await accounts.add({ name: account.local, secrets: {} });
    await this.#host.hooks.binding.tell({ account: account.local });
    return wanted ?? randomBytes(8).toString('hex');
  }

  #begin(stream: XmlStream, jid: Jid): void {
    const host = this.#host;
    const session = new Session({
      jid,
      link: streamLink(stream, {
        overrun: (error) =>
          host.log.info('session ended by its send queue', { session: jid.toString(), error: errorText(error) }),
      }),
      handle: (from, stanza) => host.receive(from, stanza),
      inboundQueue: host.limits.inboundQueue,
    });
    const older = host.sessions.find(jid.local, jid.resource);
    older?.close('conflict', 'Replaced by a new connection'); // RFC 6120 §7.7.2.2: the new one wins
    if (older !== undefined) void host.ended(older);
    host.sessions.add(session);
    const gone = new Promise<void>((resolve) => {
      stream.listen({
        onElement: (element) => session.receive(element),
        onClosed: () => {
          this.#streams.delete(session);
          void host.ended(session).then(resolve);
        },
      });
    });
    if (session.state === 'bound') this.#streams.set(session, gone);
  }
}
