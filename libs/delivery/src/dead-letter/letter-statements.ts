import type { Statement } from '@nestanza/postgres/internal';
import { FITS } from './letter-filter.js';

/** A page, newest first. In: filter, id before which it begins or null, limit. */
export const LETTERS: Statement = {
  name: 'delivery.letters',
  durable: false,
  text: `select * from dead_letter where ${FITS} and ($7::bigint is null or id < $7) order by id desc limit $8`,
};

/** In: service or null, id. */
export const LETTER: Statement = {
  name: 'delivery.letter',
  durable: false,
  text: `select * from dead_letter where ($1::text is null or service = $1) and id = $2`,
};

/** Counts by handler and code, most first. In: filter. */
export const LETTER_GROUPS: Statement = {
  name: 'delivery.letter-groups',
  durable: false,
  text: `select service, handler, code, count(*)::int count, min(at) oldest, max(at) newest from dead_letter where ${FITS}
    group by service, handler, code order by count desc, service, handler, code limit 1000`,
};

/** Ids of those that fit, oldest first, up to those that were there at first. In: filter, ids behind and up to which, limit. */
export const LETTER_IDS: Statement = {
  name: 'delivery.letter-ids',
  durable: false,
  text: `select id::text id from dead_letter where ${FITS} and id > $7 and id <= $8 order by id limit $9`,
};

/** Out: the newest letter's id, 0 without one. */
export const NEWEST_LETTER: Statement = {
  name: 'delivery.newest-letter',
  durable: false,
  text: `select coalesce(max(id), 0)::text id from dead_letter`,
};

/** In: letter, service or null. Out: one row if it was there. */
export const DISCARD: Statement = {
  name: 'delivery.discard',
  text: `delete from dead_letter where id = $1 and ($2::text is null or service = $2) returning id::text id`,
};
