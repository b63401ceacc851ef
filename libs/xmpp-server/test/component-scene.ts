import { connectComponent } from '@nestanza/xmpp';
import { hostByComponent } from '../src/engines/component-host.js';
import { PubSubEngine } from '../src/engines/pubsub/engine.js';
import { memoryStore } from '../src/store/memory/memory.store.js';
import { enter, SERVICE, type Place } from './pubsub-client.js';
import { World } from './world.js';

/** A server whose PubSub service is a component of its own. */
export async function componentScene() {
  const world = await World.open({ components: { [SERVICE]: 'secret' } });
  const connection = connectComponent({
    domain: SERVICE,
    secret: 'secret',
    transport: () => world.server.connectComponent(),
  });
  hostByComponent(connection, (host) => new PubSubEngine({ host, store: memoryStore().pubsub(SERVICE) }), {
    domain: SERVICE,
  });
  await connection.start();
  const place: Place = {
    login: (jid) => world.login(jid),
    async [Symbol.asyncDispose]() {
      await connection.stop();
      await world[Symbol.asyncDispose]();
    },
  };
  return enter(place);
}
