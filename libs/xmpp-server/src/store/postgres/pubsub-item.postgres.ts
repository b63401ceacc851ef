import type { Statement } from '@nestanza/postgres/internal';
import type { ItemWindow, NewItem, StoredItem } from '../pubsub.store.js';
import type { Queryable } from './queryable.js';

interface ItemRow {
  readonly id: string;
  readonly publisher: string;
  readonly payload: string | null;
  readonly position: string;
  readonly published_at: number;
}

export interface Publication {
  /** Key of the node. */
  readonly node: string;
  readonly item: NewItem;
}

/** Positions are drawn in the order of `ord`, so the batch is one after the other for every reader. */
const PUBLISH: Statement = {
  name: 'pubsub_item_publish',
  text: `insert into pubsub_item as i (node, id, publisher, payload)
    select node, id, publisher, payload
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) with ordinality m(node, id, publisher, payload, ord)
    order by ord
    on conflict (node, id) do update set position = excluded.position, publisher = excluded.publisher,
      payload = excluded.payload, published_at = excluded.published_at
    returning i.node::text, i.id, i.xmax <> 0 as replaced`,
};
const COLUMNS = 'id, publisher, payload, position, (extract(epoch from published_at) * 1000)::float8 as published_at';
const ITEM: Statement = {
  name: 'pubsub_item_one',
  text: `select ${COLUMNS} from pubsub_item where node = $1::bigint and id = $2`,
  durable: false,
};
const NEWEST: Statement = window('pubsub_item_newest', '<', 'desc');
const FOLLOWING: Statement = window('pubsub_item_following', '>', 'asc');

const BEYOND_ANY_POSITION = Number.MAX_SAFE_INTEGER;

/** `$2` the position to go on from, `$3` rows, `$4` characters of payload. */
function window(name: string, comparison: '<' | '>', direction: 'asc' | 'desc'): Statement {
  return {
    name,
    text: `select id, publisher, payload, position, published_at from (
        select *, row_number() over nearest as row, sum(coalesce(length(payload), 0)) over nearest as characters
        from (select ${COLUMNS} from pubsub_item i where node = $1::bigint and i.position ${comparison} $2::bigint
          order by i.position ${direction} limit $3::int) candidate
        window nearest as (order by position ${direction})) page
      where row = 1 or characters <= $4::bigint order by position`,
    durable: false,
  };
}

/**
 * Publishes a batch in one commit. An id that comes twice is stored as its last occurrence.
 * @returns for each publication whether it replaced an item, in the order given
 */
export async function publishAll(database: Queryable, batch: readonly Publication[]): Promise<boolean[]> {
  const key = ({ node, item }: Publication) => `${node} ${item.id}`;
  const lastOf = new Map(batch.map((publication, index) => [key(publication), index]));
  const stored = batch.filter((publication, index) => lastOf.get(key(publication)) === index);
  const rows = await database.query<{ node: string; id: string; replaced: boolean }>(PUBLISH, [
    stored.map(({ node }) => node),
    stored.map(({ item }) => item.id),
    stored.map(({ item }) => item.publisher),
    stored.map(({ item }) => item.payload ?? null),
  ]);
  const existed = new Set(rows.filter(({ replaced }) => replaced).map(({ node, id }) => `${node} ${id}`));
  return batch.map((publication) => {
    const replaced = existed.has(key(publication));
    existed.add(key(publication));
    return replaced;
  });
}

export async function findItem(database: Queryable, node: string, id: string): Promise<StoredItem | undefined> {
  const [row] = await database.query<ItemRow>(ITEM, [node, id]);
  return row && toItem(row);
}

export async function windowOfItems(
  database: Queryable,
  node: string,
  { after, before, max, maxCharacters }: ItemWindow,
): Promise<StoredItem[]> {
  const rows =
    after === undefined
      ? await database.query<ItemRow>(NEWEST, [node, before ?? BEYOND_ANY_POSITION, max, maxCharacters])
      : await database.query<ItemRow>(FOLLOWING, [node, after, max, maxCharacters]);
  return rows.map(toItem);
}

function toItem({ id, publisher, payload, position, published_at }: ItemRow): StoredItem {
  return { id, publisher, payload: payload ?? undefined, position: Number(position), publishedAt: published_at };
}
