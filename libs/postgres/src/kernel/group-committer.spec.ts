import { describe, expect, it } from '@jest/globals';
import { NestanzaError } from '@nestanza/core';
import { GroupCommitter } from './group-committer.js';

/** A store that answers when it is told to, and refuses batches with a bad row. */
class Store {
  readonly batches: (readonly number[])[] = [];
  readonly #open: (() => void)[] = [];
  held = false;

  readonly commit = async (items: readonly number[]): Promise<readonly number[]> => {
    this.batches.push(items);
    if (this.held) await new Promise<void>((resolve) => this.#open.push(resolve));
    if (items.some((item) => item < 0)) throw new Error(`row ${items.find((item) => item < 0)}`);
    return items.map((item) => item * 10);
  };

  release(): void {
    this.held = false;
    for (const open of this.#open.splice(0)) open();
  }
}

const endOfTick = () => new Promise(setImmediate);

describe('GroupCommitter', () => {
  it('commits what is submitted together in one statement, in the order of submission, and gives each its own result', async () => {
    const store = new Store();
    const committer = new GroupCommitter(store);
    const results = await Promise.all([3, 1, 2].map((item) => committer.submit(item)));
    expect(results).toEqual([30, 10, 20]);
    expect(store.batches).toEqual([[3, 1, 2]]);
  });

  it('does not let a single item wait for the end of the tick', async () => {
    const store = new Store();
    const committer = new GroupCommitter(store);
    const order: string[] = [];
    setImmediate(() => order.push('end of tick'));
    await committer.submit(1).then(() => order.push('committed'));
    await endOfTick();
    expect(order).toEqual(['committed', 'end of tick']);
  });

  it('gathers items while its lanes are busy, at most as many as a statement takes', async () => {
    const store = new Store();
    store.held = true;
    const committer = new GroupCommitter({ commit: store.commit, maxBatch: 3, lanes: 1 });
    const first = committer.submit(1);
    await endOfTick();
    const rest = [2, 3, 4, 5].map((item) => committer.submit(item));
    await endOfTick();
    expect(store.batches).toEqual([[1]]);
    store.release();
    await Promise.all([first, ...rest]);
    expect(store.batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('keeps at most as many statements under way as it has lanes', async () => {
    const store = new Store();
    store.held = true;
    const committer = new GroupCommitter({ commit: store.commit, maxBatch: 1, lanes: 2 });
    const all = [1, 2, 3].map((item) => committer.submit(item));
    await endOfTick();
    expect(store.batches).toHaveLength(2);
    store.release();
    await expect(Promise.all(all)).resolves.toEqual([10, 20, 30]);
  });

  it('lets one bad row fail alone', async () => {
    const store = new Store();
    const committer = new GroupCommitter(store);
    const outcomes = await Promise.allSettled([1, 2, -3, 4, 5, -6, 7].map((item) => committer.submit(item)));
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message)),
    ).toEqual([10, 20, 'row -3', 40, 50, 'row -6', 70]);
  });

  it('does not try again what may already be committed: lost connections fail the whole statement', async () => {
    let commits = 0;
    const lost = new NestanzaError('NST_POSTGRES_CONNECTION_LOST', 'lost', { retryable: true });
    const committer = new GroupCommitter<number, number>({
      commit: () => {
        commits++;
        return Promise.reject(lost);
      },
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => committer.submit(item)));
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: lost })));
    expect(commits).toBe(1);
  });

  it('tries again what lost against another transaction, a few times', async () => {
    let commits = 0;
    const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const committer = new GroupCommitter<number, number>({
      commit: (items) => (++commits < 3 ? Promise.reject(deadlock) : Promise.resolve(items)),
    });
    expect(await committer.submit(7)).toBe(7);
    expect(commits).toBe(3);
    const hopeless = new GroupCommitter<number, number>({ commit: () => Promise.reject(deadlock) });
    await expect(hopeless.submit(7)).rejects.toBe(deadlock);
  });

  it('says so when a commit does not give one result an item', async () => {
    const committer = new GroupCommitter<number, number>({ commit: () => Promise.resolve([1]) });
    await expect(Promise.all([committer.submit(1), committer.submit(2)])).rejects.toMatchObject({
      code: 'NST_POSTGRES_COMMIT_RESULTS',
    });
  });

  it('refuses items, retryably, rather than queue without end', async () => {
    const store = new Store();
    store.held = true;
    const committer = new GroupCommitter({ commit: store.commit, lanes: 1 });
    const all = Array.from({ length: 50_000 }, (_, item) => committer.submit(item));
    await expect(committer.submit(50_000)).rejects.toMatchObject({
      code: 'NST_POSTGRES_COMMITTER_FULL',
      retryable: true,
    });
    store.release();
    await Promise.all(all);
  });
});
