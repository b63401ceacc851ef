import { CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A service that was reported missing and is not back yet. */
@Entity({ schema: 'monitor', name: 'outage' })
export class Outage {
  @PrimaryColumn('text')
  service!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  since!: Date;
}
