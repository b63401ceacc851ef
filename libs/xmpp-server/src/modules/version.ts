import { xml } from '@nestanza/xmpp';
import type { ServerModule } from '../host.js';

/** XEP-0092: Software Version, https://xmpp.org/extensions/xep-0092.html, version 1.1. The operating system stays private. */
const VERSION = 'jabber:iq:version';

export const version: ServerModule = {
  name: 'version',
  features: [VERSION],
  setup(host) {
    host.iq.answer({ at: 'server', type: 'get', name: 'query', xmlns: VERSION }, () =>
      xml('query', { xmlns: VERSION }, xml('name', {}, 'Nestanza'), xml('version', {}, '0.1.0')),
    );
  },
};
