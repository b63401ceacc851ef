import type { RoomStore, StoredRoom } from '../room.store.js';

export class MemoryRooms implements RoomStore {
  readonly #rooms = new Map<string, StoredRoom>();

  async load(name: string): Promise<StoredRoom | undefined> {
    return this.#rooms.get(name);
  }

  async save(room: StoredRoom): Promise<void> {
    this.#rooms.set(room.name, { ...room, affiliations: new Map(room.affiliations) });
  }

  async remove(name: string): Promise<void> {
    this.#rooms.delete(name);
  }

  async count(): Promise<number> {
    return this.#rooms.size;
  }

  async listPublic({ after = '', max }: { after?: string; max: number }) {
    return [...this.#rooms.values()]
      .filter(({ name, config }) => config.public && name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, max)
      .map(({ name, config }) => ({ name, title: config.name }));
  }

  async forget(bare: string): Promise<void> {
    for (const [name, room] of this.#rooms) {
      const affiliations = new Map(room.affiliations);
      if (affiliations.delete(bare)) this.#rooms.set(name, { ...room, affiliations });
    }
  }
}
