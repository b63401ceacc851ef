import type { Log } from '@nestanza/core';
import { Jid } from '@nestanza/xmpp';
import type { Link } from '../link.js';
import type { DrivenClient, MakeLtx, XmppClient } from './xmpp-client.js';
import { XmppClientConnection } from './xmpp-client-connection.js';

/** The link over an instance that the application has made; closing it leaves nothing behind but the stopped instance. */
export async function openXmppClient(client: XmppClient, log: Log): Promise<Link> {
  // Who hands an instance in has the package; nobody else needs it.
  const { xml } = await import('@xmpp/client');
  const driven = client as DrivenClient;
  const connection = new XmppClientConnection(driven, { make: xml as unknown as MakeLtx, log });
  // It knows its address from its options, unless they leave name or domain to a function.
  if (driven.jid === null) await connection.start();
  const address = Jid.parse(driven.jid!.toString()).bare();
  return {
    connection,
    address,
    description: `${address.toString()} by @xmpp/client`,
    close: () => Promise.resolve(),
  };
}
