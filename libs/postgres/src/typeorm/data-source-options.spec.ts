import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { Column, DataSource, Entity, PrimaryGeneratedColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { eventually } from '../../fixtures/eventually.js';
import { temporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.js';
import { dataSourceOptions } from './data-source-options.js';
import { guardPool } from './guarded-driver.js';

jest.setTimeout(60_000);

@Entity({ name: 'note' })
class Note {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text')
  text!: string;
}

class CreateNote1700000000001 implements MigrationInterface {
  up = (runner: QueryRunner) =>
    runner.query('create table note(id uuid primary key default gen_random_uuid(), text text not null)');
  down = (runner: QueryRunner) => runner.query('drop table note');
}

describe('dataSourceOptions', () => {
  let database: TemporaryDatabase;
  let admin: pg.Client;

  beforeEach(async () => {
    database = await temporaryDatabase();
    admin = new pg.Client(database.url);
    await admin.connect();
  });
  afterEach(async () => {
    await admin.end();
    await database.close();
  });

  const cut = (name: string) =>
    admin.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name]);

  it('give a data source on a migrated database whose tables TypeORM would not change', async () => {
    const options = await dataSourceOptions({
      url: database.url,
      name: 'notes',
      entities: [Note],
      migrations: [CreateNote1700000000001],
    });
    const source = await new DataSource(options).initialize();
    const { id } = await source.getRepository(Note).save({ text: 'kept' });
    expect(await source.getRepository(Note).findOneBy({ id })).toEqual({ id, text: 'kept' });
    expect((await source.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    expect((await admin.query('select name from nestanza.notes_migration')).rows).toEqual([
      { name: 'CreateNote1700000000001' },
    ]);
    await source.destroy();
  });

  it('give pools whose clients may lose the server while somebody holds them: the process lives and the next query works', async () => {
    const options = await dataSourceOptions({ url: database.url, name: 'guarded', entities: [] });
    const source = await new DataSource(options).initialize();
    const runner = source.createQueryRunner();
    await runner.connect();
    await cut('guarded');
    // By the driver while the loss arrives, by TypeORM once it has taken the runner back.
    const refused = /terminat|already released/i;
    await expect(eventually(() => runner.query('select 1').then(() => undefined))).rejects.toThrow(refused);
    await runner.release();
    expect(await eventually(() => source.query('select 1 as n').catch(() => undefined))).toEqual([{ n: 1 }]);
    await source.destroy();
  });

  it('are not needed for that: a data source made otherwise is guarded afterwards', async () => {
    const source = await new DataSource({ type: 'postgres', url: database.url, applicationName: 'plain' }).initialize();
    guardPool(source);
    // A client of the pool itself, checked out and idle, without TypeORM's own listener.
    const pool = (source.driver as unknown as { readonly master: pg.Pool }).master;
    const clients = await Promise.all([pool.connect(), pool.connect()]);
    await cut('plain');
    await eventually(() =>
      clients[1].query('select 1').then(
        () => undefined,
        () => true,
      ),
    );
    for (const client of clients) client.release(true);
    await source.destroy();
  });
});
