import { GroupCommitter, type Statement } from '@nestanza/postgres/internal';
import type { Affiliation } from '../../engines/pubsub/access.js';
import { DEFAULT_NODE_CONFIG, type NodeConfig } from '../../engines/pubsub/node-config.js';
import type {
  ItemWindow,
  NewItem,
  NewNode,
  NodeMembership,
  NodeSummary,
  PubSubStore,
  StoredItem,
  StoredNode,
} from '../pubsub.store.js';
import { findItem, publishAll, windowOfItems, type Publication } from './pubsub-item.postgres.js';
import type { Queryable } from './queryable.js';

const CREATE: Statement = {
  name: 'pubsub_node_create',
  text: `with room as (select 1 where (select count(*) from pubsub_node where service = $1) < $5::int),
    node as (insert into pubsub_node (service, name, config) select $1, $2, $3::jsonb from room
      on conflict on constraint pubsub_node_name do nothing returning id),
    owner as (insert into pubsub_affiliation (node, jid, affiliation) select id, $4, 'owner' from node)
    select (select id::text from node) as key, exists (select 1 from room) as room`,
};
const LOAD: Statement = {
  name: 'pubsub_node_load',
  text: `select id::text as key, config,
      (select coalesce(jsonb_object_agg(jid, affiliation), '{}') from pubsub_affiliation where node = n.id) as affiliations,
      array(select jid from pubsub_subscription where node = n.id order by jid) as subscribers,
      (select count(*)::int from pubsub_item where node = n.id) as items
    from pubsub_node n where service = $1 and name = $2`,
};
const LIST: Statement = {
  name: 'pubsub_node_list',
  text: `select name, config ->> 'title' as title from pubsub_node where service = $1 and name > $2 order by name limit $3::int`,
};
const CONFIGURE: Statement = {
  name: 'pubsub_node_configure',
  text: 'update pubsub_node set config = $2::jsonb where id = $1::bigint',
};
const REMOVE: Statement = { name: 'pubsub_node_remove', text: 'delete from pubsub_node where id = $1::bigint' };

const AFFILIATE: Statement = {
  name: 'pubsub_affiliation_set',
  text: `insert into pubsub_affiliation (node, jid, affiliation) values ($1::bigint, $2, $3)
    on conflict (node, jid) do update set affiliation = excluded.affiliation`,
};
const DISAFFILIATE: Statement = {
  name: 'pubsub_affiliation_remove',
  text: 'delete from pubsub_affiliation where node = $1::bigint and jid = $2',
};
const SUBSCRIBE: Statement = {
  name: 'pubsub_subscription_add',
  text: 'insert into pubsub_subscription (node, jid) values ($1::bigint, $2) on conflict do nothing',
};
const UNSUBSCRIBE: Statement = {
  name: 'pubsub_subscription_remove',
  text: 'delete from pubsub_subscription where node = $1::bigint and jid = $2',
};
const AFFILIATIONS_OF: Statement = {
  name: 'pubsub_affiliations_of',
  text: `select n.name as node, a.jid, a.affiliation as value from pubsub_affiliation a join pubsub_node n on n.id = a.node
    where n.service = $1 and a.jid = $2 order by n.name`,
};
const SUBSCRIPTIONS_OF: Statement = {
  name: 'pubsub_subscriptions_of',
  text: `select n.name as node, s.jid, 'subscribed' as value from pubsub_subscription s join pubsub_node n on n.id = s.node
    where n.service = $1 and split_part(s.jid, '/', 1) = $2 order by n.name, s.jid collate "C"`,
};
const FORGET: Statement = {
  name: 'pubsub_forget',
  text: `with nodes as (select id from pubsub_node where service = $1),
    a as (delete from pubsub_affiliation where jid = $2 and node in (select id from nodes))
    delete from pubsub_subscription where split_part(jid, '/', 1) = $2 and node in (select id from nodes)`,
};

const DROP_OLDEST: Statement = {
  name: 'pubsub_item_drop_oldest',
  text: `delete from pubsub_item where node = $1::bigint and position <= (
    select max(position) from (select position from pubsub_item where node = $1::bigint order by position limit $2::int) oldest)`,
};
const RETRACT: Statement = {
  name: 'pubsub_item_retract',
  text: 'delete from pubsub_item where node = $1::bigint and id = $2 returning id',
};
const PURGE: Statement = { name: 'pubsub_item_purge', text: 'delete from pubsub_item where node = $1::bigint' };

interface NodeRow {
  readonly key: string;
  readonly config: Partial<NodeConfig>;
  readonly affiliations: Record<string, Affiliation>;
  readonly subscribers: string[];
  readonly items: number;
}

export class PostgresPubSub implements PubSubStore {
  readonly #database: Queryable;
  readonly #service: string;
  readonly #publishes: GroupCommitter<Publication, boolean>;

  constructor(database: Queryable, service: string) {
    this.#database = database;
    this.#service = service;
    // One lane: with two, a later batch could commit, and be announced, before an earlier one.
    this.#publishes = new GroupCommitter({ commit: (batch) => publishAll(database, batch), lanes: 1 });
  }

  async create({ name, config, owner, limit }: NewNode): Promise<StoredNode | 'taken' | 'full'> {
    const values = [this.#service, name, JSON.stringify(config), owner, limit];
    const [row] = await this.#database.query<{ key: string | null; room: boolean }>(CREATE, values);
    const { key, room } = row!;
    if (key === null) return room ? 'taken' : 'full';
    return { key, name, config, affiliations: new Map([[owner, 'owner']]), subscribers: new Set(), itemCount: 0 };
  }

  async load(name: string): Promise<StoredNode | undefined> {
    const [row] = await this.#database.query<NodeRow>(LOAD, [this.#service, name]);
    if (row === undefined) return undefined;
    return {
      key: row.key,
      name,
      config: { ...DEFAULT_NODE_CONFIG, ...row.config },
      affiliations: new Map(Object.entries(row.affiliations)),
      subscribers: new Set(row.subscribers),
      itemCount: row.items,
    };
  }

  list({ after = '', max }: { after?: string; max: number }): Promise<readonly NodeSummary[]> {
    return this.#database.query<NodeSummary>(LIST, [this.#service, after, max]);
  }

  async configure(key: string, config: NodeConfig): Promise<void> {
    await this.#database.query(CONFIGURE, [key, JSON.stringify(config)]);
  }

  async remove(key: string): Promise<void> {
    await this.#database.query(REMOVE, [key]);
  }

  async affiliate(key: string, jid: string, affiliation: Affiliation): Promise<void> {
    if (affiliation === 'none') await this.#database.query(DISAFFILIATE, [key, jid]);
    else await this.#database.query(AFFILIATE, [key, jid, affiliation]);
  }

  async subscribe(key: string, jid: string): Promise<void> {
    await this.#database.query(SUBSCRIBE, [key, jid]);
  }

  async unsubscribe(key: string, jid: string): Promise<void> {
    await this.#database.query(UNSUBSCRIBE, [key, jid]);
  }

  affiliationsOf(jid: string): Promise<readonly NodeMembership<Affiliation>[]> {
    return this.#database.query(AFFILIATIONS_OF, [this.#service, jid]);
  }

  subscriptionsOf(bare: string): Promise<readonly NodeMembership<'subscribed'>[]> {
    return this.#database.query(SUBSCRIPTIONS_OF, [this.#service, bare]);
  }

  async forget(bare: string): Promise<void> {
    await this.#database.query(FORGET, [this.#service, bare]);
  }

  async publish(key: string, item: NewItem): Promise<{ readonly replaced: boolean }> {
    return { replaced: await this.#publishes.submit({ node: key, item }) };
  }

  async dropOldest(key: string, count: number): Promise<void> {
    await this.#database.query(DROP_OLDEST, [key, count]);
  }

  item(key: string, id: string): Promise<StoredItem | undefined> {
    return findItem(this.#database, key, id);
  }

  items(key: string, window: ItemWindow): Promise<readonly StoredItem[]> {
    return windowOfItems(this.#database, key, window);
  }

  async retract(key: string, id: string): Promise<boolean> {
    const rows = await this.#database.query(RETRACT, [key, id]);
    return rows.length > 0;
  }

  async purge(key: string): Promise<void> {
    await this.#database.query(PURGE, [key]);
  }
}
