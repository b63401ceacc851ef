import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One of the 32 lanes of a consumer group: who may work on its rows, and since which epoch. */
@Entity({ schema: 'nestanza', name: 'lane' })
export class Lane {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'lane_pkey' })
  grp!: number;

  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'lane_pkey' })
  lane!: number;

  /** Id of the owning process incarnation; `null` while free. */
  @Column({ type: 'bigint', nullable: true })
  owner!: string | null;

  /** Rises with every change of owner; checked by every statement that writes a row of the lane. */
  @Column({ type: 'bigint', default: 0 })
  epoch!: string;
}
