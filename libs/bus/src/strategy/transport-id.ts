/** Names XMPP in applications with several transports: `@EventPattern('orders/placed', XMPP, { group: 'billing' })`. */
export const XMPP = Symbol('nestanza:xmpp-transport');
