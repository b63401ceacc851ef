import { describe, expect, it, jest } from '@jest/globals';
import { uniqueId } from '@nestanza/core';
import { administer } from './administer.js';
import { temporaryDatabase } from './temporary-database.js';

jest.setTimeout(60_000);

const count = (url: string) =>
  administer(url, async (client) => (await client.query<{ n: number }>('select count(*)::int n from note')).rows[0]?.n);

describe('a temporary database', () => {
  it('is a copy of a template that is made once, whoever asks first', async () => {
    const prepare = jest.fn((url: string) =>
      administer(url, async (client) => {
        await client.query('create table note as select 1 id');
      }),
    );
    const template = { identity: uniqueId(), prepare };
    const [one, other] = await Promise.all([temporaryDatabase(template), temporaryDatabase(template)]);
    await using _one = one;
    await using _other = other;
    expect(prepare).toHaveBeenCalledTimes(1);
    await administer(one.url, (client) => client.query('insert into note values (2)'));
    expect(await count(one.url)).toBe(2);
    expect(await count(other.url)).toBe(1);
  });

  it('is never a copy of a template that could not be made', async () => {
    const identity = uniqueId();
    const prepare = () => Promise.reject(new Error('no table'));
    await expect(temporaryDatabase({ identity, prepare })).rejects.toThrow('no table');
    await using database = await temporaryDatabase({
      identity,
      prepare: (url) =>
        administer(url, async (client) => void (await client.query('create table note as select 1 id'))),
    });
    expect(await count(database.url)).toBe(1);
  });

  it('is gone after its end', async () => {
    const database = await temporaryDatabase();
    await database.close();
    await database.close();
    await using another = await temporaryDatabase();
    const name = new URL(database.url).pathname.slice(1);
    const found = await administer(another.url, (client) =>
      client.query('select from pg_database where datname = $1', [name]),
    );
    expect(found.rowCount).toBe(0);
  });
});
