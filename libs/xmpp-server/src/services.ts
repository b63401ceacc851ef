import { PubSubEngine } from './engines/pubsub/engine.js';
import type { ServiceHost } from './engines/service-host.js';
import type { ServerHost } from './host.js';
import type { ServerStore } from './store/store.js';

/** Attaches the services of the domain: PubSub at `pubsub.<domain>`. A component that has such a name takes its place. */
export function attachServices(host: ServerHost, store: ServerStore): void {
  const domain = `pubsub.${host.domain}`;
  if (host.router.services().has(domain)) return;
  host.router.attach(domain, new PubSubEngine({ host: serviceHost(host, domain), store: store.pubsub(domain) }));
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
