import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type ServiceQueue } from '@nestanza/delivery';

/** Bull Board on this service's queue: waiting retries are its delayed jobs, dead letters its failed ones. */
export function queueBoard(path: string, queue: ServiceQueue): ReturnType<ExpressAdapter['getRouter']> {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(path);
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter });
  return serverAdapter.getRouter();
}
