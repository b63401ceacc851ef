import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOutages implements MigrationInterface {
  readonly name = 'CreateOutages1764000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create schema if not exists monitor`);
    await db.query(`create table monitor.outage (service text primary key, since timestamptz not null default now())`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop schema monitor cascade`);
  }
}
