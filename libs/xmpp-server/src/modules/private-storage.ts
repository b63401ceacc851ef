import { StanzaError, xml, type Element } from '@nestanza/xmpp';
import { parseElement } from '@nestanza/xmpp/internal';
import type { ServerModule } from '../host.js';
import { storeDocument } from './documents.js';

const PRIVATE = 'jabber:iq:private';

/** XEP-0049: Private XML Storage, https://xmpp.org/extensions/xep-0049.html, version 1.2: one document a name and namespace. */
export const privateStorage: ServerModule = {
  name: 'private-storage',
  features: [PRIVATE],
  setup(host) {
    const kind = { name: 'query', xmlns: PRIVATE } as const;
    host.iq.answer({ ...kind, at: 'own account', type: 'get' }, async ({ to, payload }) => {
      const [wanted, ...others] = payload.elements();
      if (wanted === undefined || others.length > 0) throw new StanzaError('bad-request'); // §2.2
      const stored = await host.data.get(to.local, keyOf(wanted));
      return xml('query', { xmlns: PRIVATE }, stored === undefined ? wanted.withChildren() : parseElement(stored));
    });
    host.iq.answer({ ...kind, at: 'own account', type: 'set' }, async ({ to, payload }) => {
      const documents = payload.elements();
      if (documents.length === 0) throw new StanzaError('bad-request');
      for (const element of documents) {
        const isEmpty = element.children.length === 0 && Object.keys(element.attributes).length === 0;
        await storeDocument(host, to.local, { key: keyOf(element), element: isEmpty ? undefined : element });
      }
      return undefined;
    });
    for (const type of ['get', 'set'] as const) {
      host.iq.answer({ ...kind, at: 'account', type }, () => {
        throw new StanzaError('forbidden'); // §2.3
      });
    }
  },
};

/** @throws StanzaError `bad-request` for an element without a namespace of its own (§2.1) */
function keyOf({ name, xmlns }: Element): string {
  if (xmlns === '' || xmlns === PRIVATE) throw new StanzaError('bad-request');
  return `private ${xmlns} ${name}`;
}
