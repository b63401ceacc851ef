import { NestanzaError } from '@nestanza/core';
import { NS_COMPONENT } from '../namespaces.js';
import { xml } from '../xml/element.js';
import { STANZA_LIMITS } from '../xml/limits.js';
import { componentHandshake } from './component-handshake.js';
import { readHeader } from './header.js';
import { StreamError } from './stream-error.js';
import type { XmlStream } from './xml-stream.js';

export interface InitiateComponentOptions {
  readonly domain: string;
  readonly secret: string;
}

/**
 * Takes a fresh stream through the component handshake (XEP-0114 §3).
 * @throws NestanzaError `NST_XMPP_AUTH` (final) for a wrong secret, `NST_XMPP_NEGOTIATION`, `NST_XMPP_DISCONNECTED`;
 * StreamError. The stream is closed then.
 */
export async function initiateComponent(
  stream: XmlStream,
  { domain, secret }: InitiateComponentOptions,
): Promise<void> {
  try {
    stream.open({ to: domain });
    const id = (await readHeader(stream)).attr('id');
    if (id === undefined || id === '')
      throw new NestanzaError('NST_XMPP_NEGOTIATION', 'The XMPP server gave no stream id.');
    stream.send(xml('handshake', { xmlns: NS_COMPONENT }, componentHandshake(id, secret)));
    const answer = await stream.next();
    if (!answer.is('handshake', NS_COMPONENT)) {
      throw new NestanzaError(
        'NST_XMPP_NEGOTIATION',
        `The XMPP server sent <${answer.name}/> instead of <handshake/>.`,
        { retryable: true },
      );
    }
    stream.allow(STANZA_LIMITS);
  } catch (error) {
    stream.close(error instanceof StreamError && !stream.ended ? error : undefined);
    throw error instanceof StreamError && error.condition === 'not-authorized' ? refused(domain, error) : error;
  }
}

function refused(domain: string, cause: StreamError): NestanzaError {
  return new NestanzaError('NST_XMPP_AUTH', `The XMPP server refused the component ${domain}: its secret is another.`, {
    facts: { account: domain, condition: cause.condition },
    cause,
  });
}
