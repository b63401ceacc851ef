import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When runs are started by the clock. */
export class WorkflowSchedules1764000000606 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table nestanza.workflow_schedule (
        name text not null,
        workflow text not null,
        version text not null,
        cron text not null,
        timezone text not null,
        input jsonb,
        catch_up text not null,
        overlap boolean not null,
        next_at timestamptz not null,
        last_run text,
        constraint workflow_schedule_pk primary key (name)
      )`);
    await runner.query(`create index workflow_schedule_next on nestanza.workflow_schedule (next_at)`);
    await runner.query(
      `create index workflow_run_ended on nestanza.workflow_run (ended_at) where ended_at is not null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index nestanza.workflow_run_ended`);
    await runner.query(`drop table nestanza.workflow_schedule`);
  }
}
