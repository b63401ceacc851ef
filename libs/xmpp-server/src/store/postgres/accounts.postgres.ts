import type { Statement } from '@nestanza/postgres/internal';
import type { Account, AccountStore } from '../account.store.js';
import type { Queryable } from './queryable.js';

const FIND: Statement = {
  name: 'xmpp_account_find',
  text: 'select name, secrets from nestanza.xmpp_account where domain = $1 and name = $2',
};
const ADD: Statement = {
  name: 'xmpp_account_add',
  text: 'insert into nestanza.xmpp_account (domain, name, secrets) values ($1, $2, $3::jsonb) on conflict do nothing returning name',
};
const PUT: Statement = {
  name: 'xmpp_account_put',
  text: `insert into nestanza.xmpp_account (domain, name, secrets) values ($1, $2, $3::jsonb)
    on conflict (domain, name) do update set secrets = excluded.secrets`,
};
const REMOVE: Statement = {
  name: 'xmpp_account_remove',
  text: 'delete from nestanza.xmpp_account where domain = $1 and name = $2 returning name',
};
const NAMES: Statement = {
  name: 'xmpp_account_names',
  text: 'select name from nestanza.xmpp_account where domain = $1 order by name collate "C"',
};

export class PostgresAccounts implements AccountStore {
  readonly #database: Queryable;
  readonly #domain: string;

  constructor(database: Queryable, domain: string) {
    this.#database = database;
    this.#domain = domain;
  }

  async find(name: string): Promise<Account | undefined> {
    const [row] = await this.#database.query<Account>(FIND, [this.#domain, name]);
    return row;
  }

  async add({ name, secrets }: Account): Promise<boolean> {
    const rows = await this.#database.query(ADD, [this.#domain, name, JSON.stringify(secrets)]);
    return rows.length > 0;
  }

  async put({ name, secrets }: Account): Promise<void> {
    await this.#database.query(PUT, [this.#domain, name, JSON.stringify(secrets)]);
  }

  async remove(name: string): Promise<boolean> {
    const rows = await this.#database.query(REMOVE, [this.#domain, name]);
    return rows.length > 0;
  }

  async names(): Promise<readonly string[]> {
    const rows = await this.#database.query<{ name: string }>(NAMES, [this.#domain]);
    return rows.map(({ name }) => name);
  }
}
