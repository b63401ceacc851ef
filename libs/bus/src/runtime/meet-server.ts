import { formatChannel } from '@nestanza/contracts';
import type { Log } from '@nestanza/core';
import { findPubsub } from '../server/find-pubsub.js';
import { probeServer } from '../server/probe-server.js';
import type { ServerProfile } from '../server/server-profile.js';
import { reportServer } from '../server/server-report.js';
import { type Fault, StartupError } from '../startup-error.js';
import type { XmppTransport } from '../transport/xmpp-transport.js';
import type { Wiring } from './wire.js';

export interface MeetServerOptions {
  /** The PubSub service where it is configured; else it is looked for. */
  readonly pubsub: string | undefined;
  readonly wiring: Wiring;
  readonly log: Log;
}

/**
 * Finds the PubSub service of the own domain and, where this application uses its nodes, finds out by trying what it
 * does. The transport knows it afterwards.
 * @throws StartupError for an `@AllowFrom` that it cannot bear out
 */
export async function meetServer(transport: XmppTransport, { pubsub, wiring, log }: MeetServerOptions): Promise<void> {
  const { connection, address } = transport;
  const found = pubsub ?? (await findPubsub(connection, address.domain));
  const owns = wiring.owned.some(({ nodes }) => nodes.length > 0);
  const follows = wiring.registry.of('subscribe').length + wiring.registry.of('watch').length > 0;
  if (!owns && !follows) {
    transport.adopt({ ...transport.profile, pubsub: found });
    return;
  }
  const profile = await probeServer(connection, found, { measure: owns });
  transport.adopt(profile);
  reportServer(profile, log);
  const faults = notBorneOut(wiring, profile);
  if (faults.length > 0) throw new StartupError(faults);
}

/** Handlers that hear certain publishers only, at a service that does not say who publishes. */
function notBorneOut({ registry }: Wiring, { pubsub, stampsPublisher }: ServerProfile): readonly Fault[] {
  return [...registry.of('subscribe'), ...registry.of('watch')]
    .filter(({ allowed, declaration }) => allowed.length > 0 && declaration.options.trust !== 'node')
    .filter(({ channel }) => !stampsPublisher || (channel.service ?? pubsub) !== pubsub)
    .map(({ channel, place }) => ({
      place,
      problem: `@AllowFrom stands on "${formatChannel(channel)}", and ${channel.service ?? pubsub} is not known to say who has published`,
      remedy: `let the service stamp publishers (Prosody: expose_publisher = true) and this account create nodes; or say { trust: 'node' } where the node lets in only whom you trust`,
    }));
}
