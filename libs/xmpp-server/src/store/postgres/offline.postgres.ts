import type { Statement } from '@nestanza/postgres/internal';
import type { OfflineMessage, OfflineStore } from '../offline.store.js';
import type { Queryable } from './queryable.js';

const ADD: Statement = {
  name: 'xmpp_offline_add',
  text: `with account as (select 1 from xmpp_account where domain = $1 and name = $2),
    stored as (insert into xmpp_offline_message (domain, account, stanza) select $1, $2, $3 from account
      where (select count(*) from xmpp_offline_message where domain = $1 and account = $2) < $4::int returning 1)
    select exists (select 1 from account) as known, exists (select 1 from stored) as stored`,
};
const LIST: Statement = {
  name: 'xmpp_offline_list',
  text: 'select id::text, stanza from xmpp_offline_message m where domain = $1 and account = $2 order by m.id',
};
const REMOVE: Statement = {
  name: 'xmpp_offline_remove',
  text: 'delete from xmpp_offline_message where domain = $1 and account = $2 and id <= $3::bigint',
};

export class PostgresOffline implements OfflineStore {
  readonly #database: Queryable;
  readonly #domain: string;

  constructor(database: Queryable, domain: string) {
    this.#database = database;
    this.#domain = domain;
  }

  async add(
    account: string,
    { stanza, limit }: { stanza: string; limit: number },
  ): Promise<'stored' | 'full' | 'unknown'> {
    const [row] = await this.#database.query<{ known: boolean; stored: boolean }>(ADD, [
      this.#domain,
      account,
      stanza,
      limit,
    ]);
    if (row!.stored) return 'stored';
    return row!.known ? 'full' : 'unknown';
  }

  list(account: string): Promise<readonly OfflineMessage[]> {
    return this.#database.query<OfflineMessage>(LIST, [this.#domain, account]);
  }

  async removeThrough(account: string, id: string): Promise<void> {
    await this.#database.query(REMOVE, [this.#domain, account, id]);
  }
}
