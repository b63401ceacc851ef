import { hasCode, NestanzaError } from '@nestanza/core';
import { Jid } from '../jid.js';
import { NS_BIND, NS_CLIENT, NS_SASL, NS_STREAMS, NS_TLS } from '../namespaces.js';
import { decodeSasl, encodeSasl } from '../sasl/base64.js';
import { chooseMechanism, type Credentials } from '../sasl/choose-mechanism.js';
import { unproven } from '../sasl/client-mechanism.js';
import { SaslFailure } from '../sasl/sasl-failure.js';
import { StanzaError } from '../stanza/stanza-error.js';
import { xml, type Element } from '../xml/element.js';
import { STANZA_LIMITS } from '../xml/limits.js';
import { checkVersion, readHeader } from './header.js';
import { secureAsClient, type TlsOptions } from './starttls.js';
import { StreamError } from './stream-error.js';
import type { XmlStream } from './xml-stream.js';

export interface InitiateOptions extends Credentials {
  readonly domain: string;
  /** Asked for; the server may give another. */
  readonly resource?: string;
  /** `'unneeded'`: the transport stays inside this machine and is trusted as it is. */
  readonly tls: TlsOptions | 'unneeded';
  /** This account has used SCRAM before: PLAIN is out. */
  readonly scramOnly?: boolean;
}

export interface InitiatedStream {
  /** The address the server gave. */
  readonly jid: Jid;
  /** Features after authentication. */
  readonly features: Element;
  readonly mechanism: string;
}

/**
 * Takes a fresh stream through STARTTLS, SASL and resource binding (RFC 6120 §5 to §7). Before TLS stands, nothing but
 * headers and `<starttls/>` has been sent.
 * @throws NestanzaError `NST_XMPP_TLS_REQUIRED`, `NST_XMPP_CERTIFICATE`, `NST_XMPP_AUTH`, `NST_XMPP_MECHANISM`,
 * `NST_XMPP_UNPROVEN` (all final), `NST_XMPP_BIND`, `NST_XMPP_NEGOTIATION`, `NST_XMPP_TLS`, `NST_XMPP_DISCONNECTED`;
 * StreamError. The stream is closed then.
 */
export async function initiateStream(stream: XmlStream, options: InitiateOptions): Promise<InitiatedStream> {
  try {
    let features = await openStream(stream, options);
    if (options.tls !== 'unneeded') {
      await startTls(stream, features, { domain: options.domain, tls: options.tls });
      features = await openStream(stream, options);
    }
    const mechanism = await authenticate(stream, features, options);
    stream.restart();
    stream.allow(STANZA_LIMITS);
    features = await openStream(stream, options);
    return { jid: await bind(stream, features, options), features, mechanism };
  } catch (error) {
    stream.close(error instanceof StreamError && !stream.ended ? error : undefined);
    throw error;
  }
}

/** One stream start (§4.3): headers, then what the server offers. */
async function openStream(stream: XmlStream, { domain, username }: InitiateOptions): Promise<Element> {
  // §4.7.1: who one is may be said only where nobody listens.
  stream.open({ to: domain, from: stream.secure ? `${username}@${domain}` : undefined, lang: 'en' });
  checkVersion(await readHeader(stream));
  return expect(stream, 'features', NS_STREAMS);
}

async function startTls(
  stream: XmlStream,
  features: Element,
  { domain, tls }: { readonly domain: string; readonly tls: TlsOptions },
): Promise<void> {
  if (features.child('starttls', NS_TLS) === undefined) {
    throw new NestanzaError(
      'NST_XMPP_TLS_REQUIRED',
      `The XMPP server of ${domain} offers no TLS, and nothing is sent without it.`,
      {
        facts: { domain },
      },
    );
  }
  stream.send(xml('starttls', { xmlns: NS_TLS }));
  await expect(stream, 'proceed', NS_TLS);
  await stream.upgrade((plain) => secureAsClient(plain, domain, tls));
}

async function authenticate(stream: XmlStream, features: Element, options: InitiateOptions): Promise<string> {
  const offered =
    features
      .child('mechanisms', NS_SASL)
      ?.elements('mechanism', NS_SASL)
      .map(({ text }) => text.trim()) ?? [];
  const { secure } = stream;
  const mechanism = chooseMechanism(options, { offered, secure, scramOnly: options.scramOnly ?? false });
  stream.send(xml('auth', { xmlns: NS_SASL, mechanism: mechanism.name }, encodeSasl(mechanism.initial())));
  for (;;) {
    const answer = await stream.next();
    if (answer.xmlns !== NS_SASL) throw unexpected(answer, 'the answer to the authentication');
    if (answer.name === 'challenge') {
      const response = await mechanism.respond(readSasl(answer.text));
      stream.send(xml('response', { xmlns: NS_SASL }, encodeSasl(response)));
    } else if (answer.name === 'success') {
      mechanism.verify(readSasl(answer.text));
      return mechanism.name;
    } else if (answer.name === 'failure') {
      throw refused(SaslFailure.fromElement(answer), options);
    } else {
      throw unexpected(answer, 'the answer to the authentication');
    }
  }
}

function readSasl(text: string): Buffer {
  try {
    return decodeSasl(text);
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_SASL')) throw unproven('it sent something that is no base64');
    throw error;
  }
}

function refused(failure: SaslFailure, { username, domain }: InitiateOptions): NestanzaError {
  return new NestanzaError(
    'NST_XMPP_AUTH',
    `The XMPP server refused the login of ${username}@${domain}: ${failure.condition}${failure.text === undefined ? '' : ` (${failure.text})`}.`,
    {
      retryable: failure.retryable,
      facts: { account: `${username}@${domain}`, condition: failure.condition },
      cause: failure,
    },
  );
}

async function bind(stream: XmlStream, features: Element, { resource }: InitiateOptions): Promise<Jid> {
  if (features.child('bind', NS_BIND) === undefined) throw unexpected(features, 'the offer to bind a resource');
  stream.send(
    xml(
      'iq',
      { xmlns: NS_CLIENT, type: 'set', id: 'bind' },
      xml('bind', { xmlns: NS_BIND }, resource !== undefined && xml('resource', {}, resource)),
    ),
  );
  const answer = await expect(stream, 'iq', NS_CLIENT);
  if (answer.attr('id') !== 'bind') throw unexpected(answer, 'the result of the binding');
  if (answer.attr('type') === 'error') throw unbound(StanzaError.fromElement(answer));
  const jid = answer.child('bind', NS_BIND)?.childText('jid');
  if (answer.attr('type') !== 'result' || jid === undefined) throw unexpected(answer, 'the result of the binding');
  return Jid.parse(jid);
}

/** Who may not have a resource now may have one later, unless the server says that it is theirs no more. */
function unbound(cause: StanzaError): NestanzaError {
  const retryable = cause.type !== 'auth' && cause.condition !== 'conflict' && cause.condition !== 'not-allowed';
  return new NestanzaError('NST_XMPP_BIND', `The XMPP server gave no resource: ${cause.message}.`, {
    retryable,
    facts: { condition: cause.condition },
    cause,
  });
}

async function expect(stream: XmlStream, name: string, xmlns: string): Promise<Element> {
  const element = await stream.next();
  if (!element.is(name, xmlns)) throw unexpected(element, `<${name}/>`);
  return element;
}

function unexpected(element: Element, wanted: string): NestanzaError {
  return new NestanzaError('NST_XMPP_NEGOTIATION', `The XMPP server sent <${element.name}/> instead of ${wanted}.`, {
    retryable: true,
    facts: { received: `{${element.xmlns}}${element.name}` },
  });
}
