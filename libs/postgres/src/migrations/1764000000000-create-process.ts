import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The incarnations of processes, and what each had in memory of a group when it was last written. */
export class CreateProcess1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table nestanza.process (
        id bigint generated always as identity primary key,
        lease_until timestamptz not null,
        groups int[] not null
      );
      create table nestanza.process_window (
        process bigint not null references nestanza.process on delete cascade,
        grp int not null,
        ids bigint[] not null default '{}',
        primary key (process, grp)
      ) with (fillfactor = 50);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table nestanza.process_window, nestanza.process');
  }
}
