import { type Clock, systemClock, uniqueId } from '@nestanza/core';
import {
  type Connection,
  createNode,
  deleteNode,
  iqSet,
  jsonText,
  type NodeAddress,
  NS_PUBSUB,
  publishItem,
  readItems,
  readPubsubEvent,
  StanzaError,
  subscribe,
  xml,
} from '@nestanza/xmpp';
import { writeFields } from '../provisioning/node-fields.js';
import { keptItems } from './kept-items.js';
import { type ServerProfile, unknownServer } from './server-profile.js';

/** Who the probe claims to be; a service that keeps this lets anybody claim anything. */
const FORGED = 'nobody@nestanza.invalid';

/** How long a notification may take after its item was confirmed, milliseconds. */
const NOTIFIED_WITHIN = 2_000;

export interface ProbeOptions {
  /** Also count how many items a node keeps: up to 20 requests more where the service names no number. */
  readonly measure: boolean;
  readonly clock?: Clock;
}

/**
 * What the service does with a node of this account: one is made, tried and deleted. Where the account may make none,
 * nothing is known, and the profile says so.
 * @throws NestanzaError `NST_XMPP_TIMEOUT`, `NST_XMPP_DISCONNECTED` where there is no answer
 */
export async function probeServer(
  connection: Connection,
  pubsub: string,
  { measure, clock = systemClock }: ProbeOptions,
): Promise<ServerProfile> {
  const address = { service: pubsub, node: `nestanza/probe/${uniqueId()}` };
  if (!(await taken(createNode(connection, address)))) return unknownServer(pubsub);
  const notified = new Notified(connection, address, clock);
  try {
    await writeFields(connection, address, { 'pubsub#persist_items': '1', 'pubsub#itemreply': 'publisher' });
    const { pages, publisher } = await tryItems(connection, address);
    return {
      pubsub,
      creates: true,
      pages,
      // The page comes first: who is not named there need not be waited for.
      stampsPublisher: isOwn(connection, publisher) && isOwn(connection, await notified.publisher()),
      keeps: measure ? await keptItems(connection, address) : undefined,
    };
  } finally {
    notified.end();
    // A node that cannot be deleted stays: it is empty of meaning, and nobody follows it.
    await taken(deleteNode(connection, address));
  }
}

/** Publishes under a forged name, and reads the newest item back as a page of one. */
async function tryItems(
  connection: Connection,
  address: NodeAddress,
): Promise<{ readonly pages: boolean; readonly publisher: string | undefined }> {
  // The own full JID: it is notified even while no presence is shown (XEP-0060 §12.2).
  await taken(subscribe(connection, { ...address, jid: connection.jid!.toString() }));
  await taken(publishItem(connection, address, { id: 'earlier', payload: jsonText('0') }));
  const forged = xml('item', { id: 'newest', publisher: FORGED }, jsonText('1'));
  const publication = xml('pubsub', { xmlns: NS_PUBSUB }, xml('publish', { node: address.node }, forged));
  await taken(connection.request(iqSet({ to: address.service }, publication)));
  try {
    const { items, rsm } = await readItems(connection, address, { rsm: { max: 1, before: '' } });
    return {
      pages: rsm !== undefined && items.length === 1,
      publisher: items.find(({ id }) => id === 'newest')?.publisher,
    };
  } catch (error) {
    if (error instanceof StanzaError) return { pages: false, publisher: undefined };
    throw error;
  }
}

/** Listens for the notification of the newest item. */
class Notified {
  readonly #publisher: Promise<string | undefined>;
  #give: (publisher: string | undefined) => void = () => undefined;
  readonly #clock: Clock;

  constructor(connection: Connection, { service, node }: NodeAddress, clock: Clock) {
    this.#clock = clock;
    this.#publisher = new Promise((resolve) => (this.#give = resolve));
    const release = connection.onStanza((stanza) => {
      const event = readPubsubEvent(stanza);
      if (event?.kind !== 'items' || event.service !== service || event.node !== node) return false;
      const newest = event.items.find(({ id }) => id === 'newest');
      if (newest !== undefined) this.#give(newest.publisher);
      return true;
    });
    void this.#publisher.then(release);
  }

  /** Who the notification names; `undefined` where it names nobody, or does not come. */
  async publisher(): Promise<string | undefined> {
    const timer = this.#clock.after(NOTIFIED_WITHIN, () => this.#give(undefined));
    const publisher = await this.#publisher;
    timer.cancel();
    return publisher;
  }

  /** Listens no longer. */
  end(): void {
    this.#give(undefined);
  }
}

function isOwn(connection: Connection, publisher: string | undefined): boolean {
  return publisher?.split('/', 1)[0] === connection.jid?.bare().toString();
}

/** True when the service took it, false when it refused. */
async function taken(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof StanzaError) return false;
    throw error;
  }
}
