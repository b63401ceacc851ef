import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Families of runs, pausing, forks, lives after lives, what a run shows of itself, and by what it is found. */
export class WorkflowControl1764000000604 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table nestanza.workflow_run
        add column parent_id text,
        add column forked_from text,
        add column generation integer not null default 0,
        add column paused boolean not null default false,
        add column attributes jsonb`);
    await runner.query(
      `create index workflow_run_parent on nestanza.workflow_run (parent_id) where parent_id is not null`,
    );
    await runner.query(
      `create index workflow_run_attributes on nestanza.workflow_run using gin (attributes jsonb_path_ops) where attributes is not null`,
    );
    await runner.query(`
      create table nestanza.workflow_shown (
        run_id text not null,
        name text not null,
        value jsonb,
        at timestamptz not null default clock_timestamp(),
        constraint workflow_shown_pk primary key (run_id, name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table nestanza.workflow_run drop column parent_id, drop column forked_from, drop column generation,
        drop column paused, drop column attributes`);
    await runner.query(`drop table nestanza.workflow_shown`);
  }
}
