import { PubSubEngine } from './engines/pubsub/engine.js';
import { RoomEngine } from './engines/muc/engine.js';
import type { ServiceEngine, ServiceHost } from './engines/service-host.js';
import type { ServerHost } from './host.js';
import type { ServerStore } from './store/store.js';

/**
 * Attaches the services of the domain: PubSub at `pubsub.<domain>`, rooms at `rooms.<domain>`. A component that has such a
 * name takes its place.
 */
export function attachServices(host: ServerHost, store: ServerStore): void {
  attach(host, 'pubsub', (carrier) => new PubSubEngine({ host: carrier, store: store.pubsub(carrier.domain) }));
  attach(host, 'rooms', (carrier) => new RoomEngine({ host: carrier, store: store.rooms(carrier.domain) }));
}

function attach(host: ServerHost, name: string, make: (carrier: ServiceHost) => ServiceEngine): void {
  const domain = `${name}.${host.domain}`;
  if (!host.router.services().has(domain)) host.router.attach(domain, make(serviceHost(host, domain)));
}

/** The embedded server as the carrier of a service engine. */
function serviceHost(host: ServerHost, domain: string): ServiceHost {
  return {
    domain,
    clock: host.clock,
    log: host.log,
    send: (stanza) => host.router.route(stanza),
    isAdmin: () => false,
    mayCreate: (jid) => host.isLocal(jid),
    session(jid) {
      if (!host.isLocal(jid)) return 'untracked';
      return host.sessions.find(jid.local, jid.resource) === undefined ? 'over' : 'live';
    },
  };
}
