import { Inject } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';

/** What a job of the service queue carries: enough to recognise its message. Its truth is the row it stands for. */
export interface ServiceJobData {
  /** `message`: one to run now. `retry`: one that waits for its next attempt. `dead`: a dead letter. */
  readonly kind: 'message' | 'retry' | 'dead';
  /** Id of the inbox row, or of the dead letter. */
  readonly row: string;
  /** Id of the consumer group, and the row's lane in it. */
  readonly group: number;
  readonly lane: number;
  readonly channel: string;
  readonly handler: string;
  readonly sender: string;
  readonly messageId: string;
  readonly key: string | null;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** Of the last failure; empty before it. */
  readonly reason: string;
  readonly stack?: string;
}

/** The service's BullMQ queue: waiting retries are its delayed jobs, dead letters its failed jobs. */
export type ServiceQueue = Queue<ServiceJobData>;
export type ServiceJob = Job<ServiceJobData>;

/** Injection token of the `ServiceQueue`. */
export const SERVICE_QUEUE = Symbol('nestanza:service-queue');

/**
 * Injects the service's BullMQ `Queue`, e.g. for Bull Board: Retry of a failed job replays its dead letter once,
 * Promote of a delayed job runs its message now.
 */
export const InjectServiceQueue = (): ParameterDecorator & PropertyDecorator => Inject(SERVICE_QUEUE);
