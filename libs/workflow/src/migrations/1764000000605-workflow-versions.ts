import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The version of its code that a run is bound to: only processes that have it take the run. */
export class WorkflowVersions1764000000605 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table nestanza.workflow_run add column version text not null default ''`);
    await runner.query(`drop index nestanza.workflow_run_due`);
    await runner.query(
      `create index workflow_run_due on nestanza.workflow_run (workflow, version, wake_at) where owner is null and wake_at is not null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index nestanza.workflow_run_due`);
    await runner.query(`alter table nestanza.workflow_run drop column version`);
    await runner.query(
      `create index workflow_run_due on nestanza.workflow_run (workflow, wake_at) where owner is null and wake_at is not null`,
    );
  }
}
