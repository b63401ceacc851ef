import { afterAll, beforeAll } from '@jest/globals';
import { connectClient, connectComponent } from '@nestanza/xmpp';
import {
  hostByComponent,
  memoryStore,
  PubSubEngine,
  RoomEngine,
  type ServiceEngine,
  type ServiceHost,
} from '@nestanza/xmpp-server';
import { pubSubAccessDialogues } from '../../libs/xmpp-server/test/pubsub-access.dialogues.js';
import { enter, SERVICE, type Place } from '../../libs/xmpp-server/test/pubsub-client.js';
import { pubSubDialogues } from '../../libs/xmpp-server/test/pubsub.dialogues.js';
import { meet, ROOMS } from '../../libs/xmpp-server/test/room-client.js';
import { roomEntryDialogues } from '../../libs/xmpp-server/test/room-entry.dialogues.js';
import { roomLifeDialogues } from '../../libs/xmpp-server/test/room-life.dialogues.js';
import { Person } from '../../libs/xmpp-server/test/world.js';
import { type ForeignServer } from './servers/foreign-server.js';
import { startProsody, type ProsodyComponent } from './servers/prosody.js';

const SECRET = 'component-secret';
const ACCOUNTS = Object.fromEntries(['orders', 'romeo', 'juliet', 'mercutio'].map((name) => [name, `${name}-secret`]));

let server: ForeignServer & ProsodyComponent;

beforeAll(async () => {
  server = await startProsody({ components: { [SERVICE]: SECRET, [ROOMS]: SECRET }, accounts: ACCOUNTS });
}, 60_000);

afterAll(async () => server[Symbol.asyncDispose]());

/** Prosody, where people log in, and one of our engines as its component. */
async function behindProsody(domain: string, make: (host: ServiceHost) => ServiceEngine): Promise<Place> {
  const component = connectComponent({ domain, secret: SECRET, port: server.componentPort });
  hostByComponent(component, make, { domain });
  await component.start();
  const people: Person[] = [];
  return {
    async login(jid) {
      const { host, port, ca, accounts } = server;
      const person = new Person(
        connectClient({ jid, password: accounts[jid.split('@')[0]!]!, host, port, tls: { ca } }),
      );
      people.push(person);
      await person.connection.start();
      return person;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(people.map(({ connection }) => connection.stop()));
      await component.stop();
    },
  };
}

const pubsub = async () =>
  enter(await behindProsody(SERVICE, (host) => new PubSubEngine({ host, store: memoryStore().pubsub(SERVICE) })));
const rooms = async () =>
  meet(await behindProsody(ROOMS, (host) => new RoomEngine({ host, store: memoryStore().rooms(ROOMS) })));

pubSubDialogues('behind Prosody', pubsub);
pubSubAccessDialogues('behind Prosody', pubsub);
roomEntryDialogues('behind Prosody', rooms);
roomLifeDialogues('behind Prosody', rooms);
