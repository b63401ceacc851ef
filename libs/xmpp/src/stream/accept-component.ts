import { hasCode, milliseconds, systemClock, toError, type Clock, type Duration } from '@nestanza/core';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Jid } from '../jid.js';
import { NS_COMPONENT } from '../namespaces.js';
import { xml } from '../xml/element.js';
import { STANZA_LIMITS, type XmlLimits } from '../xml/limits.js';
import { componentHandshake } from './component-handshake.js';
import { readHeader } from './header.js';
import { StreamError } from './stream-error.js';
import { XmlStream } from './xml-stream.js';

export interface AcceptComponentOptions {
  /** The secret of a component's domain; `undefined` for a domain that no component may take. */
  secretOf(domain: string): string | undefined;
  /** From the first byte to the handshake. Default `'30s'`. */
  readonly deadline?: Duration;
  /** Bounds after the handshake. Default `STANZA_LIMITS`. */
  readonly limits?: XmlLimits;
  readonly queueBytes?: number;
  readonly clock?: Clock;
}

/** A component's stream carries `jabber:component:accept`; `inNamespace` moves stanzas over the border. */
export interface AcceptedComponent {
  /** Call `listen` to begin. */
  readonly stream: XmlStream;
  readonly domain: string;
}

/**
 * Takes an incoming component connection through its handshake (XEP-0114 §3).
 * @throws StreamError that the component was sent, or NestanzaError `NST_XMPP_DISCONNECTED` when it left
 */
export async function acceptComponent(transport: Duplex, options: AcceptComponentOptions): Promise<AcceptedComponent> {
  const { clock = systemClock, deadline = '30s', limits = STANZA_LIMITS, queueBytes } = options;
  const stream = new XmlStream(transport, { namespace: NS_COMPONENT, clock, queueBytes });
  const timer = clock.after(milliseconds(deadline), () => stream.close(new StreamError('connection-timeout')));
  try {
    const domain = await handshake(stream, options);
    stream.allow(limits);
    stream.send(xml('handshake', { xmlns: NS_COMPONENT }));
    return { stream, domain };
  } catch (error) {
    stream.close(error instanceof StreamError ? error : undefined);
    throw toError(error);
  } finally {
    timer.cancel();
  }
}

async function handshake(stream: XmlStream, { secretOf }: AcceptComponentOptions): Promise<string> {
  const to = (await readHeader(stream)).attr('to');
  const domain = to === undefined ? undefined : normalizedDomain(to);
  const secret = domain === undefined ? undefined : secretOf(domain);
  const id = randomBytes(16).toString('hex');
  stream.open({ from: domain, id });
  if (domain === undefined || secret === undefined) throw new StreamError('host-unknown');
  const proof = await stream.next();
  const expected = Buffer.from(componentHandshake(id, secret));
  const received = Buffer.from(proof.text);
  if (
    !proof.is('handshake', NS_COMPONENT) ||
    received.length !== expected.length ||
    !timingSafeEqual(received, expected)
  ) {
    throw new StreamError('not-authorized');
  }
  return domain;
}

function normalizedDomain(text: string): string | undefined {
  try {
    return Jid.of({ domain: text }).domain;
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_JID')) return undefined;
    throw error;
  }
}
