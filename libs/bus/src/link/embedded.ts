import { randomBytes } from 'node:crypto';
import { connectClient, Jid } from '@nestanza/xmpp';
import { joinEmbedded, startServer, type XmppServer } from '@nestanza/xmpp-server';
import type { Link, LinkOptions } from './link.js';

/** Joins the server of the data directory, in this process or another, under the service's own account. */
export async function joinEmbeddedServer({ service, log, environment }: LinkOptions): Promise<Link> {
  const server = await joinEmbedded({ data: environment['NESTANZA_DATA'], environment, log });
  const { username, password } = await server.credentials(service);
  const address = Jid.of({ local: username, domain: server.domain });
  const { host, port } = server.address;
  const connection = connectClient({ jid: address, password, host, port, tls: { ca: server.ca }, log });
  return {
    connection,
    address,
    description: `${address.toString()} on the embedded server at ${host}:${port}`,
    close: () => server.close(),
  };
}

/** The one server of this process, shared by all its buses; it ends with the last of them. */
let shared:
  { readonly server: Promise<XmppServer>; readonly passwords: Map<string, string>; members: number } | undefined;

/** Joins the server inside this process, started for the first who asks; its state lives in memory. */
export async function joinProcessServer({ service, log, environment }: LinkOptions): Promise<Link> {
  shared ??= {
    server: startServer({ domain: environment['NESTANZA_XMPP_DOMAIN'], log }),
    passwords: new Map(),
    members: 0,
  };
  const joined = shared;
  joined.members += 1;
  const server = await joined.server;
  let password = joined.passwords.get(service);
  if (password === undefined) {
    password = randomBytes(24).toString('base64url');
    joined.passwords.set(service, password);
    await server.users.create(service, password);
  }
  const address = Jid.of({ local: service, domain: server.domain });
  return {
    connection: connectClient({ jid: address, password, transport: () => server.connect(), log }),
    address,
    description: `${address.toString()} on the server inside this process`,
    close: async () => {
      joined.members -= 1;
      if (joined.members > 0) return;
      if (shared === joined) shared = undefined;
      await server.close();
    },
  };
}
