import 'reflect-metadata';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const app = await NestFactory.createApplicationContext(AppModule, {
  logger: new ConsoleLogger({ json: process.env['NESTANZA_LOG'] === 'json' }),
});
app.enableShutdownHooks();
process.send?.('ready');
