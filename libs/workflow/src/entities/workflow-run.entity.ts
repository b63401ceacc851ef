import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Failure } from '../failure.js';
import type { RunStatus } from '../run-status.js';

/** One run of a workflow. Read it freely; change it only through `Workflows` and its handles. */
@Entity({ schema: 'nestanza', name: 'workflow_run' })
@Index('workflow_run_due', ['workflow', 'version', 'wakeAt'], { where: 'owner is null and wake_at is not null' })
@Index('workflow_run_owner', ['owner'], { where: 'owner is not null' })
@Index('workflow_run_created', ['createdAt'])
@Index('workflow_run_parent', ['parentId'], { where: 'parent_id is not null' })
@Index('workflow_run_ended', ['endedAt'], { where: 'ended_at is not null' })
@Index('workflow_run_attributes', { synchronize: false })
export class WorkflowRun {
  /** Chosen by whoever started it: a second start under this id is the first one. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_run_pk' })
  id!: string;

  /** Name of the workflow. */
  @Column({ type: 'text' })
  workflow!: string;

  /** The version of its code: only processes that have it take the run. */
  @Column({ type: 'text', default: '' })
  version!: string;

  @Column({ type: 'text' })
  status!: RunStatus;

  @Column({ type: 'jsonb', nullable: true })
  input!: unknown;

  @Column({ type: 'jsonb', nullable: true })
  output!: unknown;

  /** Why it fails: set when it begins to compensate. */
  @Column({ type: 'jsonb', nullable: true })
  error!: Failure | null;

  /** Why it is stuck. */
  @Column({ type: 'jsonb', nullable: true })
  problem!: Failure | null;

  /** Fencing token: grows whenever the run changes hands. */
  @Column({ type: 'integer', default: 0 })
  epoch!: number;

  /** The process incarnation that has it. */
  @Column({ type: 'bigint', nullable: true })
  owner!: string | null;

  /** From then on a process may take it; null while it has an owner, waits for a signal alone, or has ended. */
  @Column({ name: 'wake_at', type: 'timestamptz', nullable: true })
  wakeAt!: Date | null;

  /** What a waiting run waits for, in words. */
  @Column({ name: 'waiting_for', type: 'text', nullable: true })
  waitingFor!: string | null;

  @Column({ name: 'deadline_at', type: 'timestamptz', nullable: true })
  deadlineAt!: Date | null;

  @Column({ name: 'cancel_requested_at', type: 'timestamptz', nullable: true })
  cancelRequestedAt!: Date | null;

  /** Signals it was ever sent: a run that parks having seen fewer is due again at once. */
  @Column({ type: 'integer', default: 0 })
  signals!: number;

  /** Deaths of owning processes since it was last parked. */
  @Column({ type: 'smallint', default: 0 })
  takeovers!: number;

  /** An owner died in it: a step may have had its effect without a record. */
  @Column({ type: 'boolean', default: false })
  interrupted!: boolean;

  /** The run that started it and waits for it. */
  @Column({ name: 'parent_id', type: 'text', nullable: true })
  parentId!: string | null;

  /** The run whose first steps it has taken over. */
  @Column({ name: 'forked_from', type: 'text', nullable: true })
  forkedFrom!: string | null;

  /** How often it has begun anew, with an empty record. */
  @Column({ type: 'integer', default: 0 })
  generation!: number;

  /** No step begins until it is resumed. */
  @Column({ type: 'boolean', default: false })
  paused!: boolean;

  /** By what it is found. */
  @Column({ type: 'jsonb', nullable: true })
  attributes!: Record<string, unknown> | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  @Column({ name: 'claimed_at', type: 'timestamptz', nullable: true })
  claimedAt!: Date | null;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
