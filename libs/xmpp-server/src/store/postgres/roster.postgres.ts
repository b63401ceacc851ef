import type { Statement } from '@nestanza/postgres/internal';
import type { Roster, RosterItem, RosterStore, Subscription } from '../roster.store.js';
import type { Queryable } from './queryable.js';

interface ItemRow {
  readonly jid: string;
  readonly name: string | null;
  readonly groups: string[];
  readonly subscription: Subscription;
  readonly ask: boolean;
  readonly request: string | null;
  readonly listed: boolean;
}

const VERSION: Statement = {
  name: 'xmpp_roster_version',
  text: 'select version from xmpp_roster where domain = $1 and account = $2',
};
const ITEMS: Statement = {
  name: 'xmpp_roster_items',
  text: `select jid, name, groups, subscription, ask, request, listed
    from xmpp_roster_item where domain = $1 and account = $2 order by jid`,
};
/** Raises the roster's version together with the change it stands for; answers the new one. */
const NEXT_VERSION = `next as (
  insert into xmpp_roster as r (domain, account, version) values ($1, $2, 1)
  on conflict (domain, account) do update set version = r.version + 1 returning version)`;
const PUT: Statement = {
  name: 'xmpp_roster_put',
  text: `with ${NEXT_VERSION}, put as (
    insert into xmpp_roster_item (domain, account, jid, name, groups, subscription, ask, request, listed)
    values ($1, $2, $3, $4, $5::text[], $6, $7, $8, $9)
    on conflict (domain, account, jid) do update set name = excluded.name, groups = excluded.groups,
      subscription = excluded.subscription, ask = excluded.ask, request = excluded.request, listed = excluded.listed)
    select version from next`,
};
const REMOVE: Statement = {
  name: 'xmpp_roster_remove',
  text: `with ${NEXT_VERSION}, gone as (delete from xmpp_roster_item where domain = $1 and account = $2 and jid = $3)
    select version from next`,
};

const ASKERS: Statement = {
  name: 'xmpp_roster_askers',
  text: 'select account from xmpp_roster_item where domain = $1 and jid = $2 and ask order by account collate "C"',
};

export class PostgresRosters implements RosterStore {
  readonly #database: Queryable;
  readonly #domain: string;

  constructor(database: Queryable, domain: string) {
    this.#database = database;
    this.#domain = domain;
  }

  async load(account: string): Promise<Roster> {
    const [versions, items] = await Promise.all([
      this.#database.query<{ version: string }>(VERSION, [this.#domain, account]),
      this.#database.query<ItemRow>(ITEMS, [this.#domain, account]),
    ]);
    return { version: Number(versions[0]?.version ?? 0), items: items.map(toItem) };
  }

  put(account: string, { jid, name, groups, subscription, ask, request, listed }: RosterItem): Promise<number> {
    return this.#version(PUT, [this.#domain, account, jid, name, groups, subscription, ask, request, listed]);
  }

  remove(account: string, jid: string): Promise<number> {
    return this.#version(REMOVE, [this.#domain, account, jid]);
  }

  async askers(jid: string): Promise<readonly string[]> {
    const rows = await this.#database.query<{ account: string }>(ASKERS, [this.#domain, jid]);
    return rows.map(({ account }) => account);
  }

  async #version(statement: Statement, values: readonly unknown[]): Promise<number> {
    const [row] = await this.#database.query<{ version: string }>(statement, values);
    return Number(row!.version);
  }
}

function toItem({ name, request, ...row }: ItemRow): RosterItem {
  return { ...row, name: name ?? undefined, request: request ?? undefined };
}
