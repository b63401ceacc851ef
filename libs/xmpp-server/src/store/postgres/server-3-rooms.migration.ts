import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Persistent rooms (XEP-0045) of the domain's room services. */
export class XmppServerRooms1764000200000 implements MigrationInterface {
  readonly name = 'XmppServerRooms1764000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table nestanza.muc_room (
         service text not null,
         name text collate "C" not null,
         config jsonb not null,
         subject text not null,
         affiliations jsonb not null,
         primary key (service, name))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table nestanza.muc_room');
  }
}
