import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Failure } from '../failure.js';

/** What a step of a run is. */
export type StepKind =
  | 'step'
  | 'transaction'
  | 'request'
  | 'publish'
  | 'send'
  | 'sleep'
  | 'now'
  | 'signal'
  | 'event'
  | 'child'
  | 'race'
  | 'show'
  | 'patch'
  | 'compensation';

/** What came of one step. Inserted once, never changed. */
@Entity({ schema: 'nestanza', name: 'workflow_step' })
export class StepRecord {
  @PrimaryColumn({ name: 'run_id', type: 'text', primaryKeyConstraintName: 'workflow_step_pk' })
  runId!: string;

  /** Name and occurrence: `charge#0`, `reserve[TEA-01]#0`; `~charge#0` is its compensation. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_step_pk' })
  key!: string;

  /** Its place in the order in which the workflow came to its steps. */
  @Column({ type: 'integer' })
  seq!: number;

  @Column({ type: 'text' })
  kind!: StepKind;

  /** Number of the attempt that ended it. */
  @Column({ type: 'integer' })
  attempt!: number;

  @Column({ type: 'jsonb', nullable: true })
  output!: unknown;

  @Column({ type: 'jsonb', nullable: true })
  error!: Failure | null;

  /** It may have had an effect that a compensation undoes. */
  @Column({ type: 'boolean', default: false })
  compensable!: boolean;

  /** The run's epoch when it was recorded. */
  @Column({ type: 'integer' })
  epoch!: number;

  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;

  @Column({ name: 'recorded_at', type: 'timestamptz', default: () => 'clock_timestamp()' })
  recordedAt!: Date;
}
