import type { MigrationInterface, QueryRunner } from 'typeorm';

const CREATE = [
  `create table nestanza.xmpp_account (
     domain text not null,
     name text not null,
     secrets jsonb not null,
     created_at timestamptz not null default clock_timestamp(),
     primary key (domain, name))`,

  `create table nestanza.xmpp_roster (
     domain text not null,
     account text not null,
     version bigint not null,
     primary key (domain, account),
     foreign key (domain, account) references nestanza.xmpp_account (domain, name) on delete cascade)`,

  `create table nestanza.xmpp_roster_item (
     domain text not null,
     account text not null,
     jid text not null,
     name text,
     groups text[] not null,
     subscription text not null,
     ask boolean not null,
     request text,
     listed boolean not null,
     primary key (domain, account, jid),
     foreign key (domain, account) references nestanza.xmpp_account (domain, name) on delete cascade)`,

  `create index xmpp_roster_item_ask on nestanza.xmpp_roster_item (domain, jid) where ask`,

  `create table nestanza.xmpp_offline_message (
     id bigint generated always as identity,
     domain text not null,
     account text not null,
     stanza text not null,
     primary key (domain, account, id),
     foreign key (domain, account) references nestanza.xmpp_account (domain, name) on delete cascade)`,

  `create table nestanza.pubsub_node (
     id bigint generated always as identity primary key,
     service text collate "C" not null,
     name text collate "C" not null,
     config jsonb not null,
     constraint pubsub_node_name unique (service, name))`,

  `create table nestanza.pubsub_affiliation (
     node bigint not null references nestanza.pubsub_node on delete cascade,
     jid text not null,
     affiliation text not null,
     primary key (node, jid))`,
  `create index pubsub_affiliation_jid on nestanza.pubsub_affiliation (jid)`,

  `create table nestanza.pubsub_subscription (
     node bigint not null references nestanza.pubsub_node on delete cascade,
     jid text not null,
     primary key (node, jid))`,
  `create index pubsub_subscription_bare on nestanza.pubsub_subscription (split_part(jid, '/', 1))`,

  // One sequence for all nodes: a position is comparable within a node only, and gaps mean nothing.
  `create sequence nestanza.pubsub_position`,
  `create table nestanza.pubsub_item (
     node bigint not null references nestanza.pubsub_node on delete cascade,
     id text not null,
     position bigint not null default nextval('nestanza.pubsub_position'),
     publisher text not null,
     payload text,
     published_at timestamptz not null default clock_timestamp(),
     primary key (node, id))`,
  `create unique index pubsub_item_position on nestanza.pubsub_item (node, position)`,
];

const DROP = [
  'drop table nestanza.pubsub_item',
  'drop sequence nestanza.pubsub_position',
  'drop table nestanza.pubsub_subscription',
  'drop table nestanza.pubsub_affiliation',
  'drop table nestanza.pubsub_node',
  'drop table nestanza.xmpp_offline_message',
  'drop table nestanza.xmpp_roster_item',
  'drop table nestanza.xmpp_roster',
  'drop table nestanza.xmpp_account',
];

/** Accounts, rosters and stored messages of the served domain; nodes, items and memberships of its PubSub services. */
export class XmppServerCreate1764000000000 implements MigrationInterface {
  readonly name = 'XmppServerCreate1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of CREATE) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DROP) await runner.query(statement);
  }
}
