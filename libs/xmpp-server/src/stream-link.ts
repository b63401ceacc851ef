import { hasCode } from '@nestanza/core';
import { type XmlStream } from '@nestanza/xmpp/internal';
import { type Element, StreamError } from '@nestanza/xmpp';
import type { SessionLink } from './session.js';

/**
 * A stream as the carrier of stanzas. A reader that leaves too much unread loses its stream with `resource-constraint`.
 * @param outgoing - what a stanza becomes on this stream
 */
export function streamLink(
  stream: XmlStream,
  { outgoing, overrun }: { outgoing?: (stanza: Element) => Element; overrun: (error: unknown) => void },
): SessionLink {
  return {
    send(stanza) {
      try {
        stream.send(outgoing === undefined ? stanza : outgoing(stanza));
      } catch (error) {
        if (hasCode(error, 'NST_XMPP_DISCONNECTED')) return;
        overrun(error);
        stream.close(new StreamError('resource-constraint', 'Read faster.'));
      }
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    close: (error) => stream.close(error),
  };
}
