import { NS_PING } from '@nestanza/xmpp';
import type { ServerModule } from '../host.js';

/** XEP-0199: XMPP Ping, https://xmpp.org/extensions/xep-0199.html, version 2.0.1: the server and every account answer. */
export const ping: ServerModule = {
  name: 'ping',
  features: [NS_PING],
  setup(host) {
    for (const at of ['server', 'account'] as const) {
      host.iq.answer({ at, type: 'get', name: 'ping', xmlns: NS_PING }, () => undefined);
    }
  },
};
