import { xml } from '@nestanza/xmpp';
import type { ServerModule } from '../host.js';

const TIME = 'urn:xmpp:time';

/** XEP-0202: Entity Time, https://xmpp.org/extensions/xep-0202.html, version 2.0: the server's clock, in UTC. */
export const entityTime: ServerModule = {
  name: 'entity-time',
  features: [TIME],
  setup(host) {
    host.iq.answer({ at: 'server', type: 'get', name: 'time', xmlns: TIME }, () => {
      const utc = new Date(host.clock.now()).toISOString();
      return xml('time', { xmlns: TIME }, xml('tzo', {}, '+00:00'), xml('utc', {}, utc));
    });
  },
};
