import type { Statement } from '@nestanza/postgres/internal';
import type { Account, AccountStore } from '../account.store.js';
import type { Queryable } from './queryable.js';

const FIND: Statement = {
  name: 'xmpp_account_find',
  text: 'select name, secrets from nestanza.xmpp_account where domain = $1 and name = $2 and not leaving',
};
const FREE = `select $1, $2, $3::jsonb where not exists
  (select 1 from nestanza.xmpp_reserved_name where domain = $1 and name = $2)`;
const ADD: Statement = {
  name: 'xmpp_account_add',
  text: `insert into nestanza.xmpp_account (domain, name, secrets) ${FREE} on conflict do nothing returning name`,
};
const PUT: Statement = {
  name: 'xmpp_account_put',
  text: `insert into nestanza.xmpp_account as a (domain, name, secrets) ${FREE}
    on conflict (domain, name) do update set secrets = excluded.secrets where not a.leaving returning name`,
};
const DISMISS: Statement = {
  name: 'xmpp_account_dismiss',
  text: `update nestanza.xmpp_account set leaving = true, secrets = '{}'
    where domain = $1 and name = $2 and not leaving returning name`,
};
const LEAVING: Statement = {
  name: 'xmpp_account_leaving',
  text: 'select name from nestanza.xmpp_account where domain = $1 and leaving',
};
const REMOVE: Statement = {
  name: 'xmpp_account_remove',
  text: `with gone as (delete from nestanza.xmpp_account where domain = $1 and name = $2 returning domain, name)
    insert into nestanza.xmpp_reserved_name (domain, name) select domain, name from gone
    on conflict (domain, name) do update set name = excluded.name returning name`,
};
const RESERVED: Statement = {
  name: 'xmpp_account_reserved',
  text: `select exists (select 1 from nestanza.xmpp_reserved_name where domain = $1 and name = $2)
    or exists (select 1 from nestanza.xmpp_account where domain = $1 and name = $2 and leaving) as reserved`,
};
const NAMES: Statement = {
  name: 'xmpp_account_names',
  text: 'select name from nestanza.xmpp_account where domain = $1 and not leaving order by name collate "C"',
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

  add({ name, secrets }: Account): Promise<boolean> {
    return this.#changes(ADD, [this.#domain, name, JSON.stringify(secrets)]);
  }

  put({ name, secrets }: Account): Promise<boolean> {
    return this.#changes(PUT, [this.#domain, name, JSON.stringify(secrets)]);
  }

  dismiss(name: string): Promise<boolean> {
    return this.#changes(DISMISS, [this.#domain, name]);
  }

  leaving(): Promise<readonly string[]> {
    return this.#names(LEAVING);
  }

  remove(name: string): Promise<boolean> {
    return this.#changes(REMOVE, [this.#domain, name]);
  }

  async isReserved(name: string): Promise<boolean> {
    const [row] = await this.#database.query<{ reserved: boolean }>(RESERVED, [this.#domain, name]);
    return row!.reserved;
  }

  names(): Promise<readonly string[]> {
    return this.#names(NAMES);
  }

  async #names(statement: Statement): Promise<readonly string[]> {
    const rows = await this.#database.query<{ name: string }>(statement, [this.#domain]);
    return rows.map(({ name }) => name);
  }

  /** Whether the statement changed anything. */
  async #changes(statement: Statement, values: readonly unknown[]): Promise<boolean> {
    return (await this.#database.query(statement, values)).length > 0;
  }
}
