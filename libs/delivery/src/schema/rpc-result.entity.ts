import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The recorded result of an idempotent call, kept for 7 days: a repeated call gets it without running. */
@Entity({ schema: 'nestanza', name: 'rpc_result' })
@Index('rpc_result_at', { synchronize: false })
export class RpcResult {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'rpc_result_pkey' })
  caller!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'rpc_result_pkey' })
  method!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'rpc_result_pkey' })
  key!: string;

  /** `null` only inside the transaction that makes it. */
  @Column({ type: 'text', nullable: true })
  result!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at!: Date;
}
