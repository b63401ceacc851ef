import type { Statement } from '@nestanza/postgres/internal';
import type { ArchivedMessage, ArchivePage, ArchiveQuery, ArchiveStore, NewArchivedMessage } from '../archive.store.js';
import type { Queryable } from './queryable.js';

/** One in so many additions trims the archive of its account. */
const TRIM_EVERY = 50;

const ADD: Statement = {
  name: 'xmpp_archive_add',
  text: `insert into xmpp_archive (domain, account, id, peer, resource, stanza, at)
    select $1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000)
    where exists (select 1 from xmpp_account where domain = $1 and name = $2 and not leaving)
    returning position::text`,
};
const TRIM: Statement = {
  name: 'xmpp_archive_trim',
  text: `delete from xmpp_archive where domain = $1 and account = $2 and position <= (
    select position from xmpp_archive where domain = $1 and account = $2 order by position desc offset $3::int limit 1)`,
};
const POSITION: Statement = {
  name: 'xmpp_archive_position',
  text: 'select position::text from xmpp_archive where domain = $1 and account = $2 and id = $3',
};
const WANTED = `domain = $1 and account = $2 and ($3::text is null or peer = $3) and ($4::text is null or resource = $4)
  and ($5::float8 is null or at >= to_timestamp($5 / 1000)) and ($6::float8 is null or at <= to_timestamp($6 / 1000))`;
const COUNT: Statement = {
  name: 'xmpp_archive_count',
  text: `select count(*)::int as count from xmpp_archive where ${WANTED}`,
};
const COLUMNS = 'id, stanza, (extract(epoch from at) * 1000)::float8 as at';
const FORWARDS: Statement = {
  name: 'xmpp_archive_forwards',
  text: `select ${COLUMNS} from xmpp_archive where ${WANTED} and position > $7::bigint order by position limit $8::int`,
};
const BACKWARDS: Statement = {
  name: 'xmpp_archive_backwards',
  text: `select ${COLUMNS} from xmpp_archive where ${WANTED} and position < $7::bigint order by position desc limit $8::int`,
};

const BEFORE_ALL = '0';
const AFTER_ALL = '9223372036854775807';

export class PostgresArchive implements ArchiveStore {
  readonly #database: Queryable;
  readonly #domain: string;

  constructor(database: Queryable, domain: string) {
    this.#database = database;
    this.#domain = domain;
  }

  async add(account: string, message: NewArchivedMessage, keep: number): Promise<void> {
    const { id, peer, resource, stanza, at } = message;
    const values = [this.#domain, account, id, peer, resource, stanza, at];
    const [row] = await this.#database.query<{ position: string }>(ADD, values);
    if (row !== undefined && Number(row.position) % TRIM_EVERY === 0)
      await this.#database.query(TRIM, [this.#domain, account, keep]);
  }

  async page(account: string, query: ArchiveQuery): Promise<ArchivePage | undefined> {
    const { peer = null, resource = null, start = null, end = null, max } = query;
    const bound = query.after ?? query.before;
    const position = bound === undefined ? undefined : await this.#position(account, bound);
    if (bound !== undefined && position === undefined) return undefined;
    const wanted = [this.#domain, account, peer, resource, start, end];
    const backwards = query.newest === true || query.before !== undefined;
    const from = position ?? (backwards ? AFTER_ALL : BEFORE_ALL);
    const [rows, counts] = await Promise.all([
      this.#database.query<ArchivedMessage>(backwards ? BACKWARDS : FORWARDS, [...wanted, from, max + 1]),
      this.#database.query<{ count: number }>(COUNT, wanted),
    ]);
    const messages = rows.slice(0, max);
    if (backwards) messages.reverse();
    return { messages, complete: rows.length <= max, count: counts[0]!.count };
  }

  async #position(account: string, id: string): Promise<string | undefined> {
    const [row] = await this.#database.query<{ position: string }>(POSITION, [this.#domain, account, id]);
    return row?.position;
  }
}
