import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Failure } from '../failure.js';

/** A time that a parked run waits for: a sleep, the timeout of a wait, or the next attempt of a step. */
@Entity({ schema: 'nestanza', name: 'workflow_timer' })
export class TimerRecord {
  @PrimaryColumn({ name: 'run_id', type: 'text', primaryKeyConstraintName: 'workflow_timer_pk' })
  runId!: string;

  /** Key of the step it belongs to. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_timer_pk' })
  key!: string;

  @Column({ name: 'fire_at', type: 'timestamptz' })
  fireAt!: Date;

  /** Attempts of the step that have failed. */
  @Column({ type: 'integer', default: 0 })
  attempt!: number;

  /** The last attempt's. */
  @Column({ type: 'jsonb', nullable: true })
  error!: Failure | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
