import type { Statement } from '@nestanza/postgres/internal';
import type { AccountDataStore } from '../account-data.store.js';
import type { Queryable } from './queryable.js';

const GET: Statement = {
  name: 'xmpp_data_get',
  text: 'select value from xmpp_account_data where domain = $1 and account = $2 and key = $3',
};
const PUT: Statement = {
  name: 'xmpp_data_put',
  text: `with account as (select 1 from xmpp_account where domain = $1 and name = $2 and not leaving),
    stored as (insert into xmpp_account_data (domain, account, key, value) select $1, $2, $3, $4 from account
      where (select count(*) from xmpp_account_data where domain = $1 and account = $2 and key <> $3) < $5::int
      on conflict (domain, account, key) do update set value = excluded.value returning 1)
    select exists (select 1 from account) as known, exists (select 1 from stored) as stored`,
};
const REMOVE: Statement = {
  name: 'xmpp_data_remove',
  text: `with gone as (delete from xmpp_account_data where domain = $1 and account = $2 and key = $3)
    select exists (select 1 from xmpp_account where domain = $1 and name = $2 and not leaving) as known, true as stored`,
};

export class PostgresAccountData implements AccountDataStore {
  readonly #database: Queryable;
  readonly #domain: string;

  constructor(database: Queryable, domain: string) {
    this.#database = database;
    this.#domain = domain;
  }

  async get(account: string, key: string): Promise<string | undefined> {
    const [row] = await this.#database.query<{ value: string }>(GET, [this.#domain, account, key]);
    return row?.value;
  }

  async put(
    account: string,
    { key, value, limit }: { key: string; value: string | undefined; limit: number },
  ): Promise<'stored' | 'full' | 'unknown'> {
    const place = [this.#domain, account, key];
    const [row] = await this.#database.query<{ known: boolean; stored: boolean }>(
      value === undefined ? REMOVE : PUT,
      value === undefined ? place : [...place, value, limit],
    );
    if (!row!.known) return 'unknown';
    return row!.stored ? 'stored' : 'full';
  }
}
