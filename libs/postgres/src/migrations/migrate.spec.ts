import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { temporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.js';
import { migrate } from './migrate.js';

jest.setTimeout(60_000);

class CreateThing1700000000001 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('create table nestanza.thing(id int)');
  down = (runner: QueryRunner) => runner.query('drop table nestanza.thing');
}

class CountThing1700000000002 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('insert into nestanza.thing values (1)');
  down = (runner: QueryRunner) => runner.query('delete from nestanza.thing');
}

class Broken1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query('insert into nestanza.thing values (2)');
    await runner.query('select no_such_function()');
  }
  down = () => Promise.resolve();
}

describe('migrate', () => {
  let database: TemporaryDatabase;

  beforeEach(async () => {
    database = await temporaryDatabase();
  });
  afterEach(() => database.close());

  const rows = async (text: string): Promise<unknown[]> => {
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };

  it('runs each migration once, in the order of their timestamps, however often it is called', async () => {
    await migrate(database.url, [CountThing1700000000002, CreateThing1700000000001]);
    await migrate(database.url, [CountThing1700000000002, CreateThing1700000000001]);
    expect(await rows('select * from nestanza.thing')).toEqual([{ id: 1 }]);
    expect(await rows('select name from nestanza.migration order by id')).toEqual([
      { name: 'CreateThing1700000000001' },
      { name: 'CountThing1700000000002' },
    ]);
  });

  it('runs each once when several processes call it at the same time', async () => {
    await Promise.all(
      Array.from({ length: 4 }, () => migrate(database.url, [CreateThing1700000000001, CountThing1700000000002])),
    );
    expect(await rows('select * from nestanza.thing')).toEqual([{ id: 1 }]);
  });

  it('lets libraries add theirs later, older timestamps too, in lists that know nothing of each other', async () => {
    await migrate(database.url, [CreateThing1700000000001]);
    await migrate(database.url, [CountThing1700000000002], { table: 'shop_migration' });
    expect(await rows('select name from nestanza.migration')).toEqual([{ name: 'CreateThing1700000000001' }]);
    expect(await rows('select name from nestanza.shop_migration')).toEqual([{ name: 'CountThing1700000000002' }]);
  });

  it('changes nothing when one fails, and says which statement did', async () => {
    const all = [CreateThing1700000000001, CountThing1700000000002, Broken1700000000003];
    await expect(migrate(database.url, all)).rejects.toMatchObject({
      code: 'NST_POSTGRES_MIGRATION',
      cause: { code: '42883' },
    });
    expect(await rows("select 1 from pg_class where relname = 'thing'")).toEqual([]);
    await migrate(database.url, all.slice(0, 2));
    expect(await rows('select * from nestanza.thing')).toEqual([{ id: 1 }]);
  });
});
