import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type ServiceQueue } from '@nestanza/delivery';

/** Bull Board as it is, on our queue: waiting retries are its delayed jobs, dead letters its failed ones. */
export function queueBoard(path: string, queue: ServiceQueue): ReturnType<ExpressAdapter['getRouter']> {
  const server = new ExpressAdapter();
  server.setBasePath(path);
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: server });
  return server.getRouter();
}
