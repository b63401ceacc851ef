import { NestanzaError, silentLog } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import type { DataSource } from 'typeorm';
import { errand, journey, idOf, outsideEffects, shopMessages } from '../fixtures/journey.mjs';
import { WorkflowEngine } from './engine/engine.js';

/** An engine that runs the journeys of these names, and their children, and whose effects go to tables of `source`. */
export function journeyEngine(kernel: Kernel, source: DataSource, names: readonly string[]): WorkflowEngine {
  const messages = shopMessages(new NestanzaError('REFUSED', 'nothing left'));
  const engine = new WorkflowEngine({ kernel, dataSource: source, messages, idOf, log: silentLog });
  for (const name of names) {
    const child = `${name} child`;
    engine.register({ name: child, version: '', receives: new Set(), run: errand });
    engine.register({ name, version: '', receives: new Set(), run: journey(outsideEffects(source), child) });
  }
  return engine;
}
