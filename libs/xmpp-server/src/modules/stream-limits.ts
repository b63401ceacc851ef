import { xml } from '@nestanza/xmpp';
import type { ServerModule } from '../host.js';

const LIMITS = 'urn:xmpp:stream-limits:0';

/** XEP-0478: Stream Limits Advertisement, https://xmpp.org/extensions/xep-0478.html, version 0.2: told after authentication. */
export const streamLimits: ServerModule = {
  name: 'stream-limits',
  streamFeatures: ({ stanzaBytes }) => [xml('limits', { xmlns: LIMITS }, xml('max-bytes', {}, String(stanzaBytes)))],
  setup() {
    // The limits themselves are kept by the streams.
  },
};
