import { NS_STREAMS } from '../namespaces.js';
import type { Element } from '../xml/element.js';
import { StreamError } from './stream-error.js';
import type { XmlStream } from './xml-stream.js';

/**
 * The peer's stream header (RFC 6120 §4.7).
 * @throws StreamError `bad-format` for anything else, or what ended the stream before
 */
export async function readHeader(stream: XmlStream): Promise<Element> {
  const header = await stream.next();
  if (!header.is('stream', NS_STREAMS)) throw new StreamError('bad-format', 'A stream header was expected.');
  return header;
}

/** @throws StreamError `unsupported-version` for anything older than XMPP 1.0, which had neither TLS nor SASL (§4.7.5) */
export function checkVersion(header: Element): void {
  const major = /^(\d{1,4})\.\d{1,4}$/.exec(header.attr('version') ?? '')?.[1];
  if (major === undefined || Number(major) < 1) throw new StreamError('unsupported-version', 'XMPP 1.0 is needed.');
}
