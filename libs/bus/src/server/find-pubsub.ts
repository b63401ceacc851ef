import { type Connection, discoInfo, discoItems, StanzaError } from '@nestanza/xmpp';

/** Components of a domain that are asked what they are. */
const MOST_ASKED = 50;

/**
 * JID of the domain's PubSub service: the first component that says it is one (XEP-0060 §5.1), `pubsub.<domain>`
 * before others; that address, too, where none says so.
 */
export async function findPubsub(connection: Connection, domain: string): Promise<string> {
  const usual = `pubsub.${domain}`;
  const components = await componentsOf(connection, domain);
  const candidates = [...components].sort((a, b) => Number(b === usual) - Number(a === usual)).slice(0, MOST_ASKED);
  const services = await Promise.all(candidates.map((jid) => isPubsub(connection, jid)));
  return candidates.find((_, index) => services[index]) ?? usual;
}

async function componentsOf(connection: Connection, domain: string): Promise<ReadonlySet<string>> {
  const items = await unlessRefused(discoItems(connection, { to: domain }), []);
  return new Set(items.filter(({ jid, node }) => node === undefined && jid !== domain).map(({ jid }) => jid));
}

async function isPubsub(connection: Connection, jid: string): Promise<boolean> {
  const { identities } = await unlessRefused(discoInfo(connection, { to: jid }), { identities: [], features: [] });
  return identities.some(({ category, type }) => category === 'pubsub' && type === 'service');
}

async function unlessRefused<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StanzaError) return otherwise;
    throw error;
  }
}
