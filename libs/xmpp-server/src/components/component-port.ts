import type { Duplex } from 'node:stream';
import { errorText, NestanzaError } from '@nestanza/core';
import { Jid, NS_CLIENT, StanzaError, StreamError } from '@nestanza/xmpp';
import { acceptComponent, inNamespace, NS_COMPONENT, STANZA_LIMITS, type XmlStream } from '@nestanza/xmpp/internal';
import type { ServerHost } from '../host.js';
import { shapeError } from '../inbound-checks.js';
import { errorOf } from '../replies.js';
import { streamLink } from '../stream-link.js';
import { stampedByComponent } from './component-checks.js';
import { ComponentPool } from './component-pool.js';

/** XEP-0114: Jabber Component Protocol, https://xmpp.org/extensions/xep-0114.html, version 1.6: who may be a component here. */
export class ComponentPort {
  readonly #host: ServerHost;
  readonly #secrets: ReadonlyMap<string, string>;
  readonly #pools = new Map<string, ComponentPool>();
  readonly #open = new Set<Duplex>();

  /**
   * Attaches a pool for every domain of `components`.
   * @param components - secrets by domain
   * @throws NestanzaError `NST_SERVER_COMPONENT` for a domain that is none, or the server's own
   */
  constructor(host: ServerHost, components: Readonly<Record<string, string>>) {
    this.#host = host;
    this.#secrets = new Map(Object.entries(components).map(([domain, secret]) => [this.#domainOf(domain), secret]));
    for (const domain of this.#secrets.keys()) {
      const pool = new ComponentPool((stanza) => host.router.route(stanza));
      this.#pools.set(domain, pool);
      host.router.attach(domain, pool);
    }
  }

  get connections(): number {
    return this.#open.size;
  }

  /** Serves one connection until it is gone; never rejects. */
  async accept(transport: Duplex): Promise<void> {
    const { limits, clock, log } = this.#host;
    this.#open.add(transport);
    transport.once('close', () => this.#open.delete(transport));
    try {
      const { stream, domain } = await acceptComponent(transport, {
        secretOf: (name) => this.#secrets.get(name),
        deadline: limits.negotiation,
        limits: { ...STANZA_LIMITS, bytes: limits.stanzaBytes },
        queueBytes: limits.sendQueueBytes,
        clock,
      });
      this.#begin(stream, domain);
      log.info('component connected', { domain });
    } catch (error) {
      log.debug('component refused', { error: errorText(error) });
    }
  }

  /** Ends every connection with `system-shutdown`. */
  close(): void {
    for (const pool of this.#pools.values()) pool.close(new StreamError('system-shutdown'));
    for (const transport of this.#open) transport.destroy();
  }

  #begin(stream: XmlStream, domain: string): void {
    const { router, log } = this.#host;
    const link = streamLink(stream, {
      outgoing: (stanza) => inNamespace(stanza, NS_CLIENT, NS_COMPONENT),
      overrun: (error) => log.warn('component ended by its send queue', { domain, error: errorText(error) }),
    });
    const member = this.#pools.get(domain)!.join(link);
    const isOurs = (name: string) => name === this.#host.domain || router.services().has(name);
    stream.listen({
      onElement: (element) => {
        const stanza = stampedByComponent(element, domain, isOurs);
        // XEP-0114 §3: every stanza of a component is addressed.
        const fault = stanza.attr('to') === undefined ? new StanzaError('bad-request') : shapeError(stanza);
        if (fault === undefined) {
          member.sent(stanza);
          return router.route(stanza);
        }
        const reply = errorOf(stanza, fault);
        if (reply !== undefined) link.send(reply.with({ from: reply.attr('from') ?? this.#host.domain }));
      },
      onClosed: () => member.leave(),
    });
  }

  #domainOf(text: string): string {
    let domain: string;
    try {
      domain = Jid.of({ domain: text }).domain;
    } catch (cause) {
      throw refused(text, 'it is no domain', cause);
    }
    if (domain === this.#host.domain) throw refused(domain, 'it is the domain of the server');
    return domain;
  }
}

function refused(domain: string, why: string, cause?: unknown): NestanzaError {
  return new NestanzaError('NST_SERVER_COMPONENT', `"${domain}" cannot be a component: ${why}.`, {
    facts: { domain },
    cause,
  });
}
