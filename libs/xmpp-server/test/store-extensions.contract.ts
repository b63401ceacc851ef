import { describe, expect, it } from '@jest/globals';
import { DEFAULT_ROOM_CONFIG } from '../src/engines/muc/room-config.js';
import type { ArchiveQuery } from '../src/store/archive.store.js';
import type { ServerStore } from '../src/store/store.js';

/** What a store promises of account data, archives and rooms. @param fresh - a domain that nobody used */
export function storeExtensionsContract(store: () => ServerStore, fresh: () => string): void {
  describe('of account data', () => {
    it('keeps documents by key, up to a limit, for accounts that exist, as long as they do', async () => {
      const domain = fresh();
      const [accounts, data] = [store().accounts(domain), store().data(domain)];
      const put = (account: string, key: string, value: string | undefined) =>
        data.put(account, { key, value, limit: 2 });
      expect(await put('alice', 'a', '1')).toBe('unknown');
      await accounts.add({ name: 'alice', secrets: {} });
      expect([await put('alice', 'a', '1'), await put('alice', 'b', '2')]).toEqual(['stored', 'stored']);
      expect([await put('alice', 'c', '3'), await put('alice', 'b', '22')]).toEqual(['full', 'stored']);
      expect([await data.get('alice', 'b'), await data.get('alice', 'c')]).toEqual(['22', undefined]);
      expect([await put('alice', 'a', undefined), await put('alice', 'c', '3')]).toEqual(['stored', 'stored']);
      await accounts.remove('alice');
      expect(await data.get('alice', 'b')).toBeUndefined();
    });
  });

  describe('of archives', () => {
    it('pages forward and back, filters, and forgets the oldest', async () => {
      const domain = fresh();
      await store().accounts(domain).add({ name: 'alice', secrets: {} });
      const archive = store().archive(domain);
      for (let n = 1; n <= 6; n++) {
        const peer = n % 2 === 0 ? 'bob@localhost' : 'carol@localhost';
        await archive.add('alice', { id: `m${n}`, peer, resource: 'r', stanza: `<m n='${n}'/>`, at: n * 1_000 }, 99);
      }
      const ids = async (query: Omit<ArchiveQuery, 'max'>, max = 2) => {
        const page = (await archive.page('alice', { ...query, max }))!;
        return [page.messages.map(({ id }) => id).join(' '), page.complete, page.count];
      };
      expect(await ids({})).toEqual(['m1 m2', false, 6]);
      expect(await ids({ newest: true })).toEqual(['m5 m6', false, 6]);
      expect(await ids({ before: 'm3' })).toEqual(['m1 m2', true, 6]);
      expect(await ids({ after: 'm4' })).toEqual(['m5 m6', true, 6]);
      expect(await ids({ peer: 'bob@localhost' }, 9)).toEqual(['m2 m4 m6', true, 3]);
      expect(await ids({ peer: 'bob@localhost', resource: 'x' }, 9)).toEqual(['', true, 0]);
      expect(await ids({ start: 2_000, end: 4_000 }, 9)).toEqual(['m2 m3 m4', true, 3]);
      expect(await archive.page('alice', { after: 'm99', max: 1 })).toBeUndefined();
      expect((await archive.page('alice', { max: 1 }))!.messages).toEqual(
        [{ id: 'm1', stanza: "<m n='1'/>", at: 1_000 }].map((message) => expect.objectContaining(message)),
      );
      for (let n = 7; n <= 110; n++)
        await archive.add('alice', { id: `m${n}`, peer: 'bob@localhost', resource: '', stanza: '<m/>', at: n }, 5);
      expect((await archive.page('alice', { max: 1 }))!.count).toBeLessThanOrEqual(5 + 50);
      await store().accounts(domain).remove('alice');
      expect((await archive.page('alice', { max: 1 }))!.count).toBe(0);
    });
  });

  describe('of rooms', () => {
    it('gives back what was saved, lists what is public, and forgets accounts', async () => {
      const rooms = store().rooms(fresh());
      const affiliations = new Map([
        ['romeo@localhost', 'owner' as const],
        ['juliet@localhost', 'member' as const],
      ]);
      const config = { ...DEFAULT_ROOM_CONFIG, persistent: true, name: 'Verona' };
      const verona = { name: 'verona', config, subject: 'balconies', affiliations };
      await rooms.save(verona);
      await rooms.save({ ...verona, name: 'mantua', config: { ...config, public: false } });
      await rooms.save({ ...verona, subject: 'tombs' });
      expect(await rooms.load('verona')).toEqual({ ...verona, subject: 'tombs' });
      expect([await rooms.count(), await rooms.listPublic({ max: 9 })]).toEqual([
        2,
        [{ name: 'verona', title: 'Verona' }],
      ]);
      expect(await rooms.listPublic({ after: 'verona', max: 9 })).toEqual([]);
      await rooms.forget('juliet@localhost');
      expect([...(await rooms.load('mantua'))!.affiliations.keys()]).toEqual(['romeo@localhost']);
      await rooms.remove('verona');
      expect(await rooms.load('verona')).toBeUndefined();
    });
  });
}
