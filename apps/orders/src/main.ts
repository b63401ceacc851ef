import 'reflect-metadata';
import { httpConfig, type HttpSettings } from '@nestanza-demo/config';
import { SERVICE_QUEUE, type ServiceQueue } from '@nestanza/delivery';
import { ConsoleLogger, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { queueBoard } from './queue-board.js';

const app = await NestFactory.create(AppModule, {
  logger: new ConsoleLogger({ json: process.env['NESTANZA_LOG'] === 'json' }),
});
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
app.use('/queues', queueBoard('/queues', app.get<ServiceQueue>(SERVICE_QUEUE)));
app.enableShutdownHooks();
await app.listen(app.get<HttpSettings>(httpConfig.KEY).port);
process.send?.('ready');
