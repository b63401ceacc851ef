import { xml } from '@nestanza/xmpp';
import type { ServerModule } from '../host.js';

/** XEP-0030: Service Discovery, https://xmpp.org/extensions/xep-0030.html, version 2.5rc3. */
const INFO = 'http://jabber.org/protocol/disco#info';
const ITEMS = 'http://jabber.org/protocol/disco#items';

/** Says what the server and its accounts are, and which services the domain has. */
export const disco: ServerModule = {
  name: 'disco',
  features: [INFO, ITEMS],
  setup(host) {
    const query = { name: 'query', type: 'get' } as const;
    const feature = (name: string) => xml('feature', { var: name });
    host.iq.answer({ at: 'server', ...query, xmlns: INFO }, () =>
      xml('query', { xmlns: INFO }, xml('identity', { category: 'server', type: 'im', name: 'Nestanza' }), host.features().map(feature)),
    );
    host.iq.answer({ at: 'server', ...query, xmlns: ITEMS }, () =>
      xml('query', { xmlns: ITEMS }, [...host.router.services().keys()].map((jid) => xml('item', { jid }))),
    );
    // The same answer for every name: whether an account exists is nobody's business.
    host.iq.answer({ at: 'account', ...query, xmlns: INFO }, () =>
      xml('query', { xmlns: INFO }, xml('identity', { category: 'account', type: 'registered' }), [INFO, ITEMS].map(feature)),
    );
    host.iq.answer({ at: 'account', ...query, xmlns: ITEMS }, () => xml('query', { xmlns: ITEMS }));
  },
};
