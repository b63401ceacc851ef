import { connectComponent } from '@nestanza/xmpp';
import { hostByComponent } from '../src/engines/component-host.js';
import { PubSubEngine } from '../src/engines/pubsub/engine.js';
import type { ServiceEngine, ServiceHost } from '../src/engines/service-host.js';
import { memoryStore } from '../src/store/memory/memory.store.js';
import { enter, SERVICE, type Place } from './pubsub-client.js';
import { World } from './world.js';

/** A server, one of whose services is a component of its own. */
export async function componentWorld(domain: string, make: (host: ServiceHost) => ServiceEngine): Promise<Place> {
  const world = await World.open({ components: { [domain]: 'secret' } });
  const connection = connectComponent({
    domain,
    secret: 'secret',
    transport: () => world.server.connectComponent(),
  });
  hostByComponent(connection, make, { domain });
  await connection.start();
  return {
    login: (jid) => world.login(jid),
    async [Symbol.asyncDispose]() {
      await connection.stop();
      await world[Symbol.asyncDispose]();
    },
  };
}

export async function componentScene() {
  const store = memoryStore().pubsub(SERVICE);
  return enter(await componentWorld(SERVICE, (host) => new PubSubEngine({ host, store })));
}
