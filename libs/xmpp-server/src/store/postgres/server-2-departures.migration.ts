import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts leave in two steps, so that any process may delete one; names of removed accounts stay reserved. */
export class XmppServerDepartures1764000100000 implements MigrationInterface {
  readonly name = 'XmppServerDepartures1764000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table nestanza.xmpp_account add column leaving boolean not null default false');
    await runner.query(
      `create table nestanza.xmpp_reserved_name (
         domain text not null,
         name text not null,
         since timestamptz not null default clock_timestamp(),
         primary key (domain, name))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table nestanza.xmpp_reserved_name');
    await runner.query('alter table nestanza.xmpp_account drop column leaving');
  }
}
