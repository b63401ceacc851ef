import { beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_NODE_CONFIG } from '../src/engines/pubsub/node-config.js';
import type { PubSubStore, StoredNode } from '../src/store/pubsub.store.js';
import type { RosterItem } from '../src/store/roster.store.js';
import type { ServerStore } from '../src/store/store.js';
import { storeExtensionsContract } from './store-extensions.contract.js';

const juliet: RosterItem = {
  jid: 'juliet@localhost',
  name: 'Juliet',
  groups: ['Friends', 'Verona'],
  subscription: 'both',
  ask: false,
  request: undefined,
  listed: true,
};

/** What every store of the server promises. @param open - a fresh, empty store */
export function storeContract(
  name: string,
  open: () => Promise<{ store: ServerStore; close: () => Promise<void> }>,
): void {
  describe(`${name}: a server store`, () => {
    let store: ServerStore;
    let close: () => Promise<void>;
    let count = 0;
    const fresh = () => `d${(count += 1)}.test`;

    beforeAll(async () => ({ store, close } = await open()), 60_000);
    afterAll(() => close());

    describe('of accounts', () => {
      it('adds a name once and keeps its secrets', async () => {
        const accounts = store.accounts(fresh());
        const secret = { salt: 'c2FsdA==', iterations: 4096, storedKey: 'YQ==', serverKey: 'Yg==' };
        expect(await accounts.add({ name: 'alice', secrets: { 'SHA-256': secret } })).toBe(true);
        expect(await accounts.add({ name: 'alice', secrets: {} })).toBe(false);
        expect(await accounts.find('alice')).toEqual({ name: 'alice', secrets: { 'SHA-256': secret } });
        expect(await accounts.put({ name: 'alice', secrets: {} })).toBe(true);
        expect((await accounts.find('alice'))?.secrets).toEqual({});
      });

      it('keeps domains apart and lists names in order', async () => {
        const [one, other] = [store.accounts(fresh()), store.accounts(fresh())];
        for (const account of ['bob', 'alice', 'Zoe']) await one.add({ name: account, secrets: {} });
        expect(await one.names()).toEqual(['Zoe', 'alice', 'bob']);
        expect(await other.names()).toEqual([]);
        expect(await other.find('bob')).toBeUndefined();
      });

      it('removes an account with its roster and messages', async () => {
        const domain = fresh();
        const accounts = store.accounts(domain);
        await accounts.add({ name: 'alice', secrets: {} });
        await store.rosters(domain).put('alice', juliet);
        await store.offline(domain).add('alice', { stanza: '<message/>', limit: 9 });
        expect([await accounts.remove('alice'), await accounts.remove('alice')]).toEqual([true, false]);
        expect(await store.rosters(domain).load('alice')).toEqual({ version: 0, items: [] });
        expect(await store.offline(domain).list('alice')).toEqual([]);
      });
    });

    describe('of departures', () => {
      it('lets nobody in who is leaving, and gives their name to nobody else', async () => {
        const accounts = store.accounts(fresh());
        const alice = { name: 'alice', secrets: {} };
        await accounts.add(alice);
        expect([await accounts.dismiss('alice'), await accounts.dismiss('alice')]).toEqual([true, false]);
        expect([await accounts.find('alice'), await accounts.names()]).toEqual([undefined, []]);
        expect([await accounts.leaving(), await accounts.isReserved('alice')]).toEqual([['alice'], true]);
        expect([await accounts.add(alice), await accounts.put(alice)]).toEqual([false, false]);
        expect(await accounts.remove('alice')).toBe(true);
        expect([await accounts.leaving(), await accounts.isReserved('alice')]).toEqual([[], true]);
        expect([await accounts.add(alice), await accounts.put(alice), await accounts.find('alice')]).toEqual([
          false,
          false,
          undefined,
        ]);
        expect(await accounts.isReserved('bob')).toBe(false);
      });
    });

    describe('of rosters', () => {
      it('counts every change and gives back what was put', async () => {
        const domain = fresh();
        await store.accounts(domain).add({ name: 'romeo', secrets: {} });
        const rosters = store.rosters(domain);
        expect(await rosters.put('romeo', juliet)).toBe(1);
        expect(await rosters.put('romeo', { ...juliet, name: undefined, request: '<presence/>', listed: false })).toBe(
          2,
        );
        expect(await rosters.load('romeo')).toEqual({
          version: 2,
          items: [{ ...juliet, name: undefined, request: '<presence/>', listed: false }],
        });
        expect(await rosters.askers(juliet.jid)).toEqual([]);
        expect(await rosters.remove('romeo', juliet.jid)).toBe(3);
        await rosters.put('romeo', { ...juliet, ask: true });
        expect(await rosters.askers(juliet.jid)).toEqual(['romeo']);
        await rosters.remove('romeo', juliet.jid);
        expect(await rosters.load('romeo')).toEqual({ version: 5, items: [] });
      });
    });

    describe('of offline messages', () => {
      it('keeps order, its bound, and forgets up to one', async () => {
        const domain = fresh();
        await store.accounts(domain).add({ name: 'romeo', secrets: {} });
        const offline = store.offline(domain);
        const outcomes: string[] = [];
        for (const id of ['a', 'b', 'c', 'd'])
          outcomes.push(await offline.add('romeo', { stanza: `<${id}/>`, limit: 3 }));
        expect(outcomes).toEqual(['stored', 'stored', 'stored', 'full']);
        const stored = await offline.list('romeo');
        expect(stored.map(({ stanza }) => stanza)).toEqual(['<a/>', '<b/>', '<c/>']);
        await offline.removeThrough('romeo', stored[1]!.id);
        expect((await offline.list('romeo')).map(({ stanza }) => stanza)).toEqual(['<c/>']);
      });

      it('knows no message for an account that does not exist', async () => {
        const offline = store.offline(fresh());
        expect(await offline.add('nobody', { stanza: '<message/>', limit: 3 })).toBe('unknown');
      });
    });

    describe('of PubSub', () => {
      const make = async (pubsub: PubSubStore, node = 'orders/placed'): Promise<StoredNode> => {
        const created = await pubsub.create({
          name: node,
          config: DEFAULT_NODE_CONFIG,
          owner: 'orders@localhost',
          limit: 9,
        });
        if (typeof created === 'string') throw new Error(created);
        return created;
      };
      const item = (id: string, payload = `<p>${id}</p>`) => ({ id, publisher: 'orders@localhost', payload });
      const window = { max: 100, maxCharacters: 100_000 };
      const ids = async (pubsub: PubSubStore, key: string, more: object = {}) =>
        (await pubsub.items(key, { ...window, ...more })).map(({ id }) => id);

      it('creates a name once, up to the limit', async () => {
        const pubsub = store.pubsub(fresh());
        await make(pubsub);
        const again = { name: 'orders/placed', config: DEFAULT_NODE_CONFIG, owner: 'x@localhost', limit: 9 };
        expect(await pubsub.create(again)).toBe('taken');
        expect(await pubsub.create({ ...again, name: 'more', limit: 1 })).toBe('full');
      });

      it('loads what it stored', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        await pubsub.configure(key, { ...DEFAULT_NODE_CONFIG, title: 'Orders', maxItems: 5 });
        await pubsub.affiliate(key, 'billing@localhost', 'publisher');
        await pubsub.affiliate(key, 'evil@localhost', 'outcast');
        await pubsub.affiliate(key, 'billing@localhost', 'none');
        await pubsub.subscribe(key, 'billing@localhost');
        await pubsub.subscribe(key, 'billing@localhost');
        await pubsub.subscribe(key, 'gone@localhost');
        await pubsub.unsubscribe(key, 'gone@localhost');
        await pubsub.publish(key, item('a'));
        const node = (await pubsub.load('orders/placed'))!;
        expect(node).toMatchObject({ key, name: 'orders/placed', itemCount: 1 });
        expect(node.config).toEqual({ ...DEFAULT_NODE_CONFIG, title: 'Orders', maxItems: 5 });
        expect(Object.fromEntries(node.affiliations)).toEqual({
          'evil@localhost': 'outcast',
          'orders@localhost': 'owner',
        });
        expect([...node.subscribers]).toEqual(['billing@localhost']);
        expect(await pubsub.load('nowhere')).toBeUndefined();
      });

      it('keeps items in order of publication; a repeated id moves to the end', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        const replaced = [];
        for (const id of ['a', 'b', 'c', 'a']) replaced.push((await pubsub.publish(key, item(id))).replaced);
        expect(replaced).toEqual([false, false, false, true]);
        expect(await ids(pubsub, key)).toEqual(['b', 'c', 'a']);
      });

      it('commits publishes in the order of their calls, also repeated ids of one moment', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        const calls = Array.from({ length: 250 }, (_, index) =>
          pubsub.publish(key, item(`i${index % 200}`, `<n>${index}</n>`)),
        );
        const results = await Promise.all(calls);
        expect(results.filter(({ replaced }) => replaced)).toHaveLength(50);
        const stored = await pubsub.items(key, { max: 500, maxCharacters: 1_000_000 });
        const expected = Array.from({ length: 200 }, (_, index) => `<n>${index + 50}</n>`);
        expect(stored.map(({ payload }) => payload)).toEqual(expected);
      });

      it('pages from either end and from any place', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        for (const id of ['a', 'b', 'c', 'd', 'e']) await pubsub.publish(key, item(id));
        const all = await pubsub.items(key, window);
        expect(await ids(pubsub, key, { max: 2 })).toEqual(['d', 'e']);
        expect(await ids(pubsub, key, { max: 2, before: all[3]!.position })).toEqual(['b', 'c']);
        expect(await ids(pubsub, key, { max: 2, after: -1 })).toEqual(['a', 'b']);
        expect(await ids(pubsub, key, { max: 2, after: all[1]!.position })).toEqual(['c', 'd']);
        expect(await ids(pubsub, key, { after: all[4]!.position })).toEqual([]);
      });

      it('ends a page by size, after one item at least', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        for (const id of ['a', 'b', 'c']) await pubsub.publish(key, item(id, 'x'.repeat(100)));
        expect(await ids(pubsub, key, { maxCharacters: 250 })).toEqual(['b', 'c']);
        expect(await ids(pubsub, key, { maxCharacters: 250, after: -1 })).toEqual(['a', 'b']);
        expect(await ids(pubsub, key, { maxCharacters: 1 })).toEqual(['c']);
      });

      it('drops the oldest, retracts one, purges all', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        for (const id of ['a', 'b', 'c', 'd', 'a']) await pubsub.publish(key, item(id));
        await pubsub.dropOldest(key, 2);
        expect(await ids(pubsub, key)).toEqual(['d', 'a']);
        expect([await pubsub.retract(key, 'd'), await pubsub.retract(key, 'd')]).toEqual([true, false]);
        expect(await pubsub.item(key, 'a')).toMatchObject({
          id: 'a',
          publisher: 'orders@localhost',
          payload: '<p>a</p>',
        });
        expect(await pubsub.item(key, 'd')).toBeUndefined();
        await pubsub.purge(key);
        expect(await ids(pubsub, key)).toEqual([]);
      });

      it('keeps an item without payload, and the time', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        const before = Date.now() - 1_000;
        await pubsub.publish(key, { id: 'a', publisher: 'orders@localhost', payload: undefined });
        const item = (await pubsub.item(key, 'a'))!;
        expect(item.payload).toBeUndefined();
        expect(item.publishedAt).toBeGreaterThan(before);
        expect(item.publishedAt).toBeLessThan(Date.now() + 1_000);
      });

      it('lists nodes a page at a time', async () => {
        const pubsub = store.pubsub(fresh());
        for (const name of ['c', 'a', 'b']) await make(pubsub, name);
        expect(await pubsub.list({ max: 2 })).toEqual([
          { name: 'a', title: '' },
          { name: 'b', title: '' },
        ]);
        expect((await pubsub.list({ after: 'b', max: 2 })).map(({ name }) => name)).toEqual(['c']);
      });

      it('answers for one account, and forgets it', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub, 'b');
        const other = await make(pubsub, 'a');
        await pubsub.subscribe(key, 'romeo@localhost');
        await pubsub.subscribe(key, 'romeo@localhost/desk');
        await pubsub.subscribe(key, 'romeo@localhost.example');
        await pubsub.affiliate(other.key, 'romeo@localhost', 'member');
        expect(await pubsub.subscriptionsOf('romeo@localhost')).toEqual([
          { node: 'b', jid: 'romeo@localhost', value: 'subscribed' },
          { node: 'b', jid: 'romeo@localhost/desk', value: 'subscribed' },
        ]);
        expect(await pubsub.affiliationsOf('romeo@localhost')).toEqual([
          { node: 'a', jid: 'romeo@localhost', value: 'member' },
        ]);
        await pubsub.forget('romeo@localhost');
        expect(await pubsub.subscriptionsOf('romeo@localhost')).toEqual([]);
        expect(await pubsub.affiliationsOf('romeo@localhost')).toEqual([]);
        expect([...(await pubsub.load('b'))!.subscribers]).toEqual(['romeo@localhost.example']);
      });

      it('removes a node with all that is on it; its name is free again', async () => {
        const pubsub = store.pubsub(fresh());
        const { key } = await make(pubsub);
        await pubsub.publish(key, item('a'));
        await pubsub.subscribe(key, 'romeo@localhost');
        await pubsub.remove(key);
        expect(await pubsub.load('orders/placed')).toBeUndefined();
        const again = await make(pubsub);
        expect(again.key).not.toBe(key);
        expect(await ids(pubsub, again.key)).toEqual([]);
        expect(await pubsub.subscriptionsOf('romeo@localhost')).toEqual([]);
      });
    });

    storeExtensionsContract(() => store, fresh);
  });
}
