import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** Who shares the messages of a channel: one row per (channel, group), made at the first start of a subscriber. */
@Entity({ schema: 'nestanza', name: 'consumer_group' })
@Unique('consumer_group_channel_name', ['channel', 'name'])
export class ConsumerGroup {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'consumer_group_pkey',
  })
  id!: number;

  /** Channel text: `pubsub:orders/placed`. */
  @Column({ type: 'text' })
  channel!: string;

  @Column({ type: 'text' })
  name!: string;
}
