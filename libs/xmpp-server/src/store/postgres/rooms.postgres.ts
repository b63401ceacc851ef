import type { Statement } from '@nestanza/postgres/internal';
import type { Affiliation } from '../../engines/muc/privileges.js';
import { DEFAULT_ROOM_CONFIG, type RoomConfig } from '../../engines/muc/room-config.js';
import type { RoomStore, StoredRoom } from '../room.store.js';
import type { Queryable } from './queryable.js';

const LOAD: Statement = {
  name: 'muc_room_load',
  text: 'select config, subject, affiliations from muc_room where service = $1 and name = $2',
};
const SAVE: Statement = {
  name: 'muc_room_save',
  text: `insert into muc_room (service, name, config, subject, affiliations) values ($1, $2, $3::jsonb, $4, $5::jsonb)
    on conflict (service, name) do update set config = excluded.config, subject = excluded.subject,
      affiliations = excluded.affiliations`,
};
const REMOVE: Statement = { name: 'muc_room_remove', text: 'delete from muc_room where service = $1 and name = $2' };
const COUNT: Statement = {
  name: 'muc_room_count',
  text: 'select count(*)::int as rooms from muc_room where service = $1',
};
const LIST: Statement = {
  name: 'muc_room_list',
  text: `select name, config ->> 'name' as title from muc_room
    where service = $1 and name > $2 and (config ->> 'public')::boolean order by name limit $3::int`,
};
const FORGET: Statement = {
  name: 'muc_room_forget',
  text: 'update muc_room set affiliations = affiliations - $2 where service = $1 and affiliations ? $2',
};

interface RoomRow {
  readonly config: Partial<RoomConfig>;
  readonly subject: string;
  readonly affiliations: Record<string, Affiliation>;
}

export class PostgresRooms implements RoomStore {
  readonly #database: Queryable;
  readonly #service: string;

  constructor(database: Queryable, service: string) {
    this.#database = database;
    this.#service = service;
  }

  async load(name: string): Promise<StoredRoom | undefined> {
    const [row] = await this.#database.query<RoomRow>(LOAD, [this.#service, name]);
    if (row === undefined) return undefined;
    return {
      name,
      config: { ...DEFAULT_ROOM_CONFIG, ...row.config },
      subject: row.subject,
      affiliations: new Map(Object.entries(row.affiliations)),
    };
  }

  async save({ name, config, subject, affiliations }: StoredRoom): Promise<void> {
    const values = [JSON.stringify(config), subject, JSON.stringify(Object.fromEntries(affiliations))];
    await this.#database.query(SAVE, [this.#service, name, ...values]);
  }

  async remove(name: string): Promise<void> {
    await this.#database.query(REMOVE, [this.#service, name]);
  }

  async count(): Promise<number> {
    const [row] = await this.#database.query<{ rooms: number }>(COUNT, [this.#service]);
    return row!.rooms;
  }

  listPublic({ after = '', max }: { after?: string; max: number }) {
    return this.#database.query<{ name: string; title: string }>(LIST, [this.#service, after, max]);
  }

  async forget(bare: string): Promise<void> {
    await this.#database.query(FORGET, [this.#service, bare]);
  }
}
