import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What modules keep for an account: block list, vCard, private storage and the like. */
export class XmppServerAccountData1764000300000 implements MigrationInterface {
  readonly name = 'XmppServerAccountData1764000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table nestanza.xmpp_account_data (
         domain text not null,
         account text not null,
         key text not null,
         value text not null,
         primary key (domain, account, key),
         foreign key (domain, account) references nestanza.xmpp_account (domain, name) on delete cascade)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table nestanza.xmpp_account_data');
  }
}
