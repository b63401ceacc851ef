import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { temporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.js';
import { afterCommit, currentTransaction, runInTransaction } from './transaction.js';

jest.setTimeout(60_000);

describe('transactions', () => {
  let database: TemporaryDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await temporaryDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await source.query('create table word(text text)');
  });
  beforeEach(() => source.query('delete from word'));
  afterAll(async () => {
    await source.destroy();
    await database.close();
  });

  const words = async () =>
    ((await source.query('select text from word order by 1')) as { text: string }[]).map(({ text }) => text);
  const refused = new Error('refused');

  it('are found by everything the work awaits, and by nothing else', async () => {
    expect(currentTransaction()).toBeUndefined();
    await runInTransaction(source, async (tx) => {
      expect(currentTransaction()).toBe(tx);
      await tx.query('select 1');
      await Promise.all([new Promise(setImmediate), tx.query('select 1')]);
      expect(currentTransaction()).toBe(tx);
    });
    expect(currentTransaction()).toBeUndefined();
  });

  it('are no longer current for what the work left running', async () => {
    const left = await runInTransaction(source, () =>
      Promise.resolve({
        later: new Promise(setImmediate).then(() => new Promise(setImmediate)).then(() => currentTransaction()),
      }),
    );
    await expect(left.later).resolves.toBeUndefined();
  });

  it('run the tasks put off until their commit, in order, when others can see the rows', async () => {
    const seen: Promise<string[]>[] = [];
    const order: number[] = [];
    await runInTransaction(source, async (tx) => {
      afterCommit(() => order.push(1));
      afterCommit(() => seen.push(words()));
      afterCommit(() => order.push(2));
      await tx.query("insert into word values ('new')");
      expect(order).toEqual([]);
    });
    expect(order).toEqual([1, 2]);
    expect(await seen[0]).toEqual(['new']);
  });

  it('forget the tasks when they roll back, and give on the error', async () => {
    const task = jest.fn();
    const failing = runInTransaction(source, async (tx) => {
      afterCommit(task);
      await tx.query("insert into word values ('never')");
      throw refused;
    });
    await expect(failing).rejects.toBe(refused);
    expect(task).not.toHaveBeenCalled();
    expect(await words()).toEqual([]);
  });

  it('run a task at once where there is no transaction', () => {
    const task = jest.fn();
    afterCommit(task);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('are refused when a failed statement was swallowed: PostgreSQL would roll back without a word', async () => {
    const task = jest.fn();
    const swallowing = runInTransaction(source, async (tx) => {
      afterCommit(task);
      await tx.query("insert into word values ('never')");
      await tx.query('select no_such_function()').catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'NST_POSTGRES_ABORTED' });
    expect(task).not.toHaveBeenCalled();
    expect(await words()).toEqual([]);
  });

  it('are refused when the statement that fails has been sent and not been answered yet', async () => {
    const careless = runInTransaction(source, async (tx) => {
      await tx.query("insert into word values ('never')");
      const client = (await tx.queryRunner?.connect()) as pg.Client;
      client.query('select no_such_function()').catch(() => undefined);
    });
    await expect(careless).rejects.toMatchObject({ code: 'NST_POSTGRES_ABORTED' });
    expect(await words()).toEqual([]);
  });

  it('take a savepoint from a manager: its tasks wait for the outer commit, and are gone with its rollback', async () => {
    const order: string[] = [];
    await runInTransaction(source, async (outer) => {
      await runInTransaction(outer, async (inner) => {
        expect(currentTransaction()).toBe(inner);
        afterCommit(() => order.push('kept'));
        await inner.query("insert into word values ('kept')");
      });
      await runInTransaction(outer, async (inner) => {
        afterCommit(() => order.push('lost'));
        await inner.query("insert into word values ('lost')");
        throw refused;
      }).catch(() => undefined);
      expect(order).toEqual([]);
      expect(currentTransaction()).toBe(outer);
    });
    expect(order).toEqual(['kept']);
    expect(await words()).toEqual(['kept']);
  });

  it('on a data source are of their own, even inside another', async () => {
    const order: string[] = [];
    const outer = runInTransaction(source, async (tx) => {
      afterCommit(() => order.push('outer'));
      await tx.query("insert into word values ('outer')");
      await runInTransaction(source, async (own) => {
        afterCommit(() => order.push('inner'));
        await own.query("insert into word values ('inner')");
      });
      expect(order).toEqual(['inner']);
      throw refused;
    });
    await expect(outer).rejects.toBe(refused);
    expect(order).toEqual(['inner']);
    expect(await words()).toEqual(['inner']);
  });
});
