import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The message archive of accounts (XEP-0313). */
export class XmppServerArchive1764000400000 implements MigrationInterface {
  readonly name = 'XmppServerArchive1764000400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table nestanza.xmpp_archive (
         position bigint generated always as identity,
         domain text not null,
         account text not null,
         id text not null,
         peer text not null,
         resource text not null,
         stanza text not null,
         at timestamptz not null,
         primary key (domain, account, position),
         foreign key (domain, account) references nestanza.xmpp_account (domain, name) on delete cascade)`,
    );
    await runner.query('create unique index xmpp_archive_id on nestanza.xmpp_archive (domain, account, id)');
    await runner.query('create index xmpp_archive_peer on nestanza.xmpp_archive (domain, account, peer, position)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table nestanza.xmpp_archive');
  }
}
