import 'reflect-metadata';
import { SERVICE_QUEUE, type ServiceQueue } from '@nestanza/delivery';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { queueBoard } from './queue-board.js';

const app = await NestFactory.create(AppModule, { logger: ['log', 'warn', 'error', 'fatal'] });
app.use('/queues', queueBoard('/queues', app.get<ServiceQueue>(SERVICE_QUEUE)));
app.enableShutdownHooks();
await app.listen(process.env['NESTANZA_HTTP_PORT'] ?? 3000);
process.send?.('ready'); // tells `nestanza start`
