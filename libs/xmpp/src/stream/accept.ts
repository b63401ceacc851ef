import { hasCode, milliseconds, systemClock, toError, type Clock, type Duration } from '@nestanza/core';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { Jid } from '../jid.js';
import { NS_BIND, NS_CLIENT, NS_SASL, NS_STREAMS, NS_TLS } from '../namespaces.js';
import type { Authenticator } from '../sasl/authenticator.port.js';
import { decodeSasl, encodeSasl } from '../sasl/base64.js';
import { SaslFailure } from '../sasl/sasl-failure.js';
import { offeredMechanisms, serverMechanism } from '../sasl/server-mechanism.js';
import { StanzaError } from '../stanza/stanza-error.js';
import { xml, type Element } from '../xml/element.js';
import { STANZA_LIMITS, type XmlLimits } from '../xml/limits.js';
import { checkVersion, readHeader } from './header.js';
import { secureAsServer } from './starttls.js';
import { StreamError } from './stream-error.js';
import { XmlStream } from './xml-stream.js';

export interface AcceptOptions {
  /** True for a domain whose accounts may log in here. Asked with the normalised name. */
  serves(domain: string): boolean;
  /** Certificate and key, demanded of every client; `'unneeded'` for a transport inside this process. */
  readonly tls: SecureContext | 'unneeded';
  readonly authenticator: Authenticator;
  /**
   * The resource a client gets. May wait; may end an older session of the same resource.
   * @param wanted - normalised, `undefined` where the client leaves it to the server
   * @throws StanzaError to refuse (`conflict`, `resource-constraint`, …); the client may try again
   */
  bind(account: Jid, wanted: string | undefined): string | Promise<string>;
  /** Further features to announce after authentication. */
  readonly features?: readonly Element[];
  /** From the first byte to the bound resource. Default `'30s'`. */
  readonly deadline?: Duration;
  /** Failed logins on one stream; then it is closed (RFC 6120 §6.4.5). Default 3. */
  readonly attempts?: number;
  /** Bounds after authentication. Default `STANZA_LIMITS`. */
  readonly limits?: XmlLimits;
  /** Bytes that may wait for a slow reader. Default 8 MiB. */
  readonly queueBytes?: number;
  readonly clock?: Clock;
}

export interface AcceptedStream {
  /** Call `listen` to begin the session: until then nothing is read. */
  readonly stream: XmlStream;
  /** Full JID. */
  readonly jid: Jid;
}

/** Refused bindings on one stream. */
const BIND_ATTEMPTS = 5;

/**
 * Takes an incoming client connection through STARTTLS, SASL and resource binding (RFC 6120 §5 to §7).
 * @throws StreamError that the client was sent (`connection-timeout` when it was too slow), or NestanzaError
 * `NST_XMPP_DISCONNECTED`, `NST_XMPP_TLS` when it left.
 * The transport is closed then.
 */
export async function acceptStream(transport: Duplex, options: AcceptOptions): Promise<AcceptedStream> {
  const { clock = systemClock, deadline = '30s', queueBytes } = options;
  const stream = new XmlStream(transport, { namespace: NS_CLIENT, clock, queueBytes });
  const timer = clock.after(milliseconds(deadline), () =>
    stream.close(new StreamError('connection-timeout', 'Log in sooner.')),
  );
  try {
    return { stream, jid: await new Acceptance(stream, options).run() };
  } catch (error) {
    stream.close(error instanceof StreamError ? error : undefined);
    throw toError(error);
  } finally {
    timer.cancel();
  }
}

/** One client's way to a session; each method is one stage. */
class Acceptance {
  readonly #stream: XmlStream;
  readonly #options: AcceptOptions;

  constructor(stream: XmlStream, options: AcceptOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  async run(): Promise<Jid> {
    const { tls, limits = STANZA_LIMITS, features = [] } = this.#options;
    const domain = await this.#open();
    if (tls !== 'unneeded') {
      await this.#startTls(tls);
      this.#stay(domain, await this.#open());
    }
    const account = await this.#authenticate(domain);
    this.#stream.restart();
    this.#stream.allow(limits);
    // CVE-2018-10847: who authenticated for one host must not go on with another.
    this.#stay(domain, await this.#open());
    this.#offer(xml('bind', { xmlns: NS_BIND }), ...features);
    return this.#bind(account);
  }

  /** Reads the client's header and answers with ours. */
  async #open(): Promise<string> {
    const header = await readHeader(this.#stream);
    const to = header.attr('to');
    const domain = to === undefined ? undefined : domainOf(to);
    // §4.9.1.2: errors about a header are said inside a stream of our own.
    this.#stream.open({ from: domain, id: randomBytes(12).toString('hex'), lang: 'en' });
    checkVersion(header);
    if (to === undefined) throw new StreamError('improper-addressing', 'The stream header names no host.');
    if (domain === undefined || !this.#options.serves(domain)) throw new StreamError('host-unknown');
    return domain;
  }

  #stay(domain: string, next: string): void {
    if (next !== domain) throw new StreamError('host-unknown', 'The host changed during negotiation.');
  }

  #offer(...features: Element[]): void {
    this.#stream.send(xml('features', { xmlns: NS_STREAMS }, ...features));
  }

  async #startTls(context: SecureContext): Promise<void> {
    this.#offer(xml('starttls', { xmlns: NS_TLS }, xml('required')));
    const request = await this.#stream.next();
    if (!request.is('starttls', NS_TLS)) throw new StreamError('not-authorized', 'STARTTLS comes first.');
    this.#stream.send(xml('proceed', { xmlns: NS_TLS }));
    await this.#stream.upgrade((plain) => secureAsServer(plain, context));
  }

  async #authenticate(domain: string): Promise<Jid> {
    const names = offeredMechanisms(this.#stream.secure);
    this.#offer(xml('mechanisms', { xmlns: NS_SASL }, ...names.map((name) => xml('mechanism', {}, name))));
    for (let left = this.#options.attempts ?? 3; left > 0; left--) {
      const request = await this.#stream.next();
      if (!request.is('auth', NS_SASL)) throw new StreamError('not-authorized', 'Log in first.');
      try {
        return Jid.of({ local: await this.#exchange(request, domain), domain });
      } catch (error) {
        if (!(error instanceof SaslFailure)) throw error;
        this.#stream.send(error.toElement());
      }
    }
    throw new StreamError('policy-violation', 'Too many failed logins.');
  }

  async #exchange(auth: Element, domain: string): Promise<string> {
    const { authenticator } = this.#options;
    const mechanism = serverMechanism(auth.attr('mechanism') ?? '', this.#stream.secure, { authenticator, domain });
    // Every mechanism here begins with the client: without an initial response it is asked for (§6.4.2).
    let text = auth.text !== '' ? auth.text : await this.#challenge(Buffer.alloc(0));
    for (;;) {
      const step = await mechanism.respond(decodeSasl(text));
      if (step.kind === 'success') {
        this.#stream.send(xml('success', { xmlns: NS_SASL }, step.data.length > 0 && encodeSasl(step.data)));
        return step.username;
      }
      text = await this.#challenge(step.data);
    }
  }

  async #challenge(data: Buffer): Promise<string> {
    this.#stream.send(xml('challenge', { xmlns: NS_SASL }, encodeSasl(data)));
    const response = await this.#stream.next();
    if (response.is('abort', NS_SASL)) throw new SaslFailure('aborted');
    if (!response.is('response', NS_SASL)) throw new StreamError('not-authorized', 'Log in first.');
    return response.text;
  }

  async #bind(account: Jid): Promise<Jid> {
    for (let left = BIND_ATTEMPTS; left > 0; left--) {
      const iq = await this.#stream.next();
      const request = iq.is('iq', NS_CLIENT) && iq.attr('type') === 'set' ? iq.child('bind', NS_BIND) : undefined;
      // §7.1: no stanza before a resource is bound.
      if (request === undefined) throw new StreamError('not-authorized', 'Bind a resource first.');
      const id = iq.attr('id');
      try {
        const wanted = readResource(account, request.childText('resource'));
        const jid = Jid.of({
          local: account.local,
          domain: account.domain,
          resource: await this.#options.bind(account, wanted),
        });
        this.#stream.send(
          xml(
            'iq',
            { xmlns: NS_CLIENT, type: 'result', id },
            xml('bind', { xmlns: NS_BIND }, xml('jid', {}, String(jid))),
          ),
        );
        return jid;
      } catch (error) {
        if (!(error instanceof StanzaError)) throw error;
        this.#stream.send(xml('iq', { xmlns: NS_CLIENT, type: 'error', id }, error.toElement()));
      }
    }
    throw new StreamError('policy-violation', 'Too many refused bindings.');
  }
}

function readResource(account: Jid, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return Jid.of({ local: account.local, domain: account.domain, resource: text }).resource;
  } catch (cause) {
    if (hasCode(cause, 'NST_XMPP_JID'))
      throw new StanzaError('bad-request', { text: 'The resource is malformed.', cause });
    throw cause;
  }
}

/** The normalised domain that a header addresses; `undefined` for anything that is no bare domain. */
function domainOf(to: string): string | undefined {
  try {
    const jid = Jid.parse(to);
    return jid.local === '' && jid.resource === '' ? jid.domain : undefined;
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_JID')) return undefined;
    throw error;
  }
}
