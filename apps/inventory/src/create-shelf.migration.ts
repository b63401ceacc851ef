import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateShelf implements MigrationInterface {
  readonly name = 'CreateShelf1764000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create schema if not exists inventory`);
    await db.query(`create table inventory.stock_item (
      sku text primary key,
      available int not null check (available >= 0),
      price int not null)`);
    await db.query(`create table inventory.reserved_order (
      order_id text primary key,
      lines jsonb not null,
      total int not null,
      released boolean not null)`);
    await db.query(`insert into inventory.stock_item (sku, available, price)
      values ('TEA-01', 1000000, 490), ('CUP-02', 500, 1250), ('POT-03', 0, 3900)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop schema inventory cascade`);
  }
}
