import type { Log } from '@nestanza/core';
import type { Link } from '../link/link.js';
import { Colleagues } from '../presence/colleagues.js';
import { Caller } from '../rpc/caller.js';
import { ENCODINGS } from '../rpc/encodings.js';
import { XmppTransport } from '../transport/xmpp-transport.js';
import type { BusParts } from './bus-runtime.js';

/** What works over a link. The transport comes first: it sees a stanza before presence and handlers do. */
export function connectParts(
  { connection, address }: Link,
  { pubsub, log }: { readonly pubsub: string | undefined; readonly log: Log },
): BusParts {
  const transport = new XmppTransport({ connection, address, pubsub, log });
  const colleagues = new Colleagues({ connection, log });
  const caller = new Caller({ connection, colleagues, encodings: ENCODINGS });
  return { address, transport, colleagues, caller };
}
