import { IsString, Matches } from 'class-validator';
import { section } from './section.js';

export class QueueSettings {
  /** Where BullMQ keeps its jobs: `postgres` is the database the messages are in. */
  @IsString()
  @Matches(/^(postgres|rediss?:\/\/.+)$/, { message: 'write postgres or redis://<host>:<port>' })
  backend: 'postgres' | `redis://${string}` | `rediss://${string}` = 'postgres';
}

export const queueConfig = section('queues', QueueSettings, { backend: 'NESTANZA_QUEUE' });
