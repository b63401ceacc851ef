import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One message or timeout that an instance of a saga handled, and what it made of the instance's state. */
@Entity({ schema: 'nestanza', name: 'workflow_transition' })
export class TransitionRecord {
  /** Name of the saga. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_transition_pk' })
  saga!: string;

  /** By which messages find the instance. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_transition_pk' })
  key!: string;

  /** 1 for its birth. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'workflow_transition_pk' })
  version!: number;

  /** Null at its birth. */
  @Column({ name: 'from_state', type: 'text', nullable: true })
  fromState!: string | null;

  @Column({ name: 'to_state', type: 'text' })
  toState!: string;

  /** Type of the event, or `timeout <name>`. */
  @Column({ type: 'text' })
  cause!: string;

  @Column({ name: 'message_id', type: 'text', nullable: true })
  messageId!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at!: Date;
}
