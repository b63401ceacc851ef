import { afterAll, beforeAll } from '@jest/globals';
import { connectClient, connectComponent } from '@nestanza/xmpp';
import { hostByComponent, memoryStore, PubSubEngine } from '@nestanza/xmpp-server';
import { pubSubAccessDialogues } from '../../libs/xmpp-server/test/pubsub-access.dialogues.js';
import { enter, SERVICE } from '../../libs/xmpp-server/test/pubsub-client.js';
import { pubSubDialogues } from '../../libs/xmpp-server/test/pubsub.dialogues.js';
import { Person } from '../../libs/xmpp-server/test/world.js';
import { type ForeignServer } from './servers/foreign-server.js';
import { startProsody, type ProsodyComponent } from './servers/prosody.js';

const SECRET = 'component-secret';
const ACCOUNTS = { orders: 'orders-secret', romeo: 'romeo-secret', juliet: 'juliet-secret' };

let server: ForeignServer & ProsodyComponent;

beforeAll(async () => {
  server = await startProsody({ component: { domain: SERVICE, secret: SECRET }, accounts: ACCOUNTS });
}, 60_000);

afterAll(async () => server[Symbol.asyncDispose]());

/** Our PubSub engine as a component of Prosody, where people log in. */
async function behindProsody() {
  const component = connectComponent({ domain: SERVICE, secret: SECRET, port: server.componentPort });
  hostByComponent(component, (host) => new PubSubEngine({ host, store: memoryStore().pubsub(SERVICE) }), {
    domain: SERVICE,
  });
  await component.start();
  const people: Person[] = [];
  return enter({
    async login(jid: string) {
      const { host, port, ca, accounts } = server;
      const person = new Person(
        connectClient({ jid, password: accounts[jid.split('@')[0]!]!, host, port, tls: { ca } }),
      );
      people.push(person);
      await person.connection.start();
      return person;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([component, ...people.map(({ connection }) => connection)].map((each) => each.stop()));
    },
  });
}

pubSubDialogues('behind Prosody', behindProsody);
pubSubAccessDialogues('behind Prosody', behindProsody);
