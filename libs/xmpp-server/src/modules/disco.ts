import { NS_DISCO_INFO, NS_DISCO_ITEMS, xml } from '@nestanza/xmpp';
import { contactForm } from '../contact-form.js';
import type { ServerModule } from '../host.js';

/** XEP-0030: says what the server and its accounts are, and which services the domain has. */
export const disco: ServerModule = {
  name: 'disco',
  features: [NS_DISCO_INFO, NS_DISCO_ITEMS],
  accountFeatures: [NS_DISCO_INFO, NS_DISCO_ITEMS],
  setup(host) {
    const query = { name: 'query', type: 'get' } as const;
    const feature = (name: string) => xml('feature', { var: name });
    host.iq.answer({ at: 'server', ...query, xmlns: NS_DISCO_INFO }, () =>
      xml(
        'query',
        { xmlns: NS_DISCO_INFO },
        xml('identity', { category: 'server', type: 'im', name: 'Nestanza' }),
        host.features().map(feature),
        contactForm(host.contacts),
      ),
    );
    host.iq.answer({ at: 'server', ...query, xmlns: NS_DISCO_ITEMS }, () =>
      xml(
        'query',
        { xmlns: NS_DISCO_ITEMS },
        [...host.router.services().keys()].map((jid) => xml('item', { jid })),
      ),
    );
    // The same answer for every name: whether an account exists is nobody's business.
    host.iq.answer({ at: 'account', ...query, xmlns: NS_DISCO_INFO }, () =>
      xml(
        'query',
        { xmlns: NS_DISCO_INFO },
        xml('identity', { category: 'account', type: 'registered' }),
        host.accountFeatures().map(feature),
      ),
    );
    host.iq.answer({ at: 'account', ...query, xmlns: NS_DISCO_ITEMS }, () => xml('query', { xmlns: NS_DISCO_ITEMS }));
  },
};
