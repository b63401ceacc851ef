import { NS_DATA_FORMS, xml, type Element } from '@nestanza/xmpp';
import type { Contacts } from './host.js';

/** XEP-0157: Contact Addresses for XMPP Services, https://xmpp.org/extensions/xep-0157.html, version 1.1.1. */
const SERVER_INFO = 'http://jabber.org/network/serverinfo';

/** The form in the server's disco#info; `undefined` where nobody is named. */
export function contactForm(contacts: Contacts): Element | undefined {
  const purposes = Object.entries(contacts).filter(([, addresses]) => addresses.length > 0);
  if (purposes.length === 0) return undefined;
  return xml(
    'x',
    { xmlns: NS_DATA_FORMS, type: 'result' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, SERVER_INFO)),
    purposes.map(([purpose, addresses]) =>
      xml(
        'field',
        { var: `${purpose}-addresses`, type: 'list-multi' },
        addresses.map((address) => xml('value', {}, address)),
      ),
    ),
  );
}
