import { StanzaError, xml } from '@nestanza/xmpp';
import { parseElement } from '@nestanza/xmpp/internal';
import type { ServerModule } from '../host.js';
import { storeDocument } from './documents.js';

const VCARD = 'vcard-temp';

/** XEP-0054: vcard-temp, https://xmpp.org/extensions/xep-0054.html, version 1.3: read by anybody, written by its account. */
export const vcard: ServerModule = {
  name: 'vcard',
  features: [VCARD],
  setup(host) {
    const kind = { name: 'vCard', xmlns: VCARD } as const;
    host.iq.answer({ ...kind, at: 'account', type: 'get' }, async ({ to }) => {
      const stored = await host.data.get(to.local, VCARD);
      // The same answer for an account without a card and for none at all.
      if (stored === undefined) throw new StanzaError('item-not-found');
      return parseElement(stored);
    });
    // §3.1: one's own missing card is an empty one.
    host.iq.answer({ ...kind, at: 'own account', type: 'get' }, async ({ to }) => {
      const stored = await host.data.get(to.local, VCARD);
      return stored === undefined ? xml('vCard', { xmlns: VCARD }) : parseElement(stored);
    });
    host.iq.answer({ ...kind, at: 'own account', type: 'set' }, async ({ to, payload }) => {
      await storeDocument(host, to.local, { key: VCARD, element: payload });
      return undefined;
    });
    host.iq.answer({ ...kind, at: 'account', type: 'set' }, () => {
      throw new StanzaError('forbidden'); // §3.2
    });
  },
};
