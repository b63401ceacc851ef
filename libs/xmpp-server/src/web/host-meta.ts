import { xml } from '@nestanza/xmpp';
import { serialize } from '@nestanza/xmpp/internal';

const XRD = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';
const WEB_SOCKET = 'urn:xmpp:alt-connections:websocket';

export interface WebDocument {
  readonly type: string;
  readonly body: string;
}

/**
 * XEP-0156: Discovering Alternative XMPP Connection Methods, https://xmpp.org/extensions/xep-0156.html, version 1.4.0.
 * @param path - of the request
 * @returns `undefined` for any other path
 */
export function hostMeta(path: string, webSocket: string): WebDocument | undefined {
  const link = { rel: WEB_SOCKET, href: webSocket };
  switch (path) {
    case '/.well-known/host-meta':
      return {
        type: 'application/xrd+xml; charset=utf-8',
        body: `<?xml version='1.0' encoding='utf-8'?>${serialize(xml('XRD', { xmlns: XRD }, xml('Link', link)))}`,
      };
    case '/.well-known/host-meta.json':
      return { type: 'application/json; charset=utf-8', body: JSON.stringify({ links: [link] }) };
    default:
      return undefined;
  }
}
