import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A signal to a run, kept until the run's retention ends. A run that does not exist yet finds it when it starts. */
@Entity({ schema: 'nestanza', name: 'workflow_signal' })
@Unique('workflow_signal_once', ['runId', 'messageId'])
@Index('workflow_signal_open', ['runId', 'id'], { where: 'consumed_by is null' })
export class SignalRecord {
  /** Grows in the order of arrival. */
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'workflow_signal_pk',
  })
  id!: string;

  @Column({ name: 'run_id', type: 'text' })
  runId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Sent twice under one id, it arrives once. */
  @Column({ name: 'message_id', type: 'text' })
  messageId!: string;

  @Column({ type: 'jsonb', nullable: true })
  payload!: unknown;

  /** Key of the step that took it. */
  @Column({ name: 'consumed_by', type: 'text', nullable: true })
  consumedBy!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
