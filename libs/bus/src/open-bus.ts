import { type Duration, type Log, silentLog } from '@nestanza/core';
import type { Bus } from './bus.js';
import { BUS_DEFAULTS, type XmppTarget } from './bus-options.js';
import { openLink } from './link/link.js';
import { environmentLookup } from './placeholders.js';
import { type BusParts, BusRuntime } from './runtime/bus-runtime.js';
import { connectParts } from './runtime/connect-parts.js';
import { goOnline } from './runtime/go-online.js';
import { findPubsub } from './server/find-pubsub.js';
import { XmppBus } from './xmpp-bus.js';

export interface OpenBusOptions {
  /** Account that a shared server is joined under. */
  readonly service: string;
  /** Default: `NESTANZA_XMPP`, else `'embedded'`. */
  readonly xmpp?: XmppTarget;
  /** How long to wait for the connection. Default `'30s'`. */
  readonly timeout?: Duration;
  /** JID of the PubSub service that holds local nodes. Default: the one the server lists, `pubsub.<domain>` first. */
  readonly pubsub?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly log?: Log;
}

/** A bus outside of any Nest application: sends and asks, but has no handlers and shows no presence by itself. */
export interface OpenBus extends AsyncDisposable, BusParts {
  readonly bus: Bus;
  /** How XMPP is reached, without secrets. */
  readonly description: string;
  close(): Promise<void>;
}

/**
 * A connected bus for tools; what is published goes straight to its service.
 * @throws StartupError when there is no connection in time
 */
export async function openBus(options: OpenBusOptions): Promise<OpenBus> {
  const {
    service,
    timeout = BUS_DEFAULTS.startupTimeout,
    pubsub,
    environment = process.env,
    log = silentLog,
  } = options;
  const target = options.xmpp ?? (environment['NESTANZA_XMPP'] as XmppTarget | undefined) ?? 'embedded';
  const link = await openLink(target, { service, log, environment });
  const { transport, ...parts } = connectParts(link, { pubsub, log });
  const runtime = new BusRuntime(environmentLookup(environment), true);
  runtime.install({ transport, ...parts });
  const close = async () => {
    parts.colleagues.close();
    transport.close();
    await link.connection.stop();
    await link.close();
  };
  try {
    await goOnline(link.connection, { mode: 'wait', timeout, description: link.description });
    if (pubsub === undefined) {
      transport.adopt({ ...transport.profile, pubsub: await findPubsub(link.connection, parts.address.domain) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  runtime.moveTo('online');
  return {
    bus: new XmppBus(runtime),
    transport,
    ...parts,
    description: link.description,
    close,
    [Symbol.asyncDispose]: close,
  };
}
