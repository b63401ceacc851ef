import { NestanzaError, silentLog } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import type { DataSource } from 'typeorm';
import { errand, journey, nameOf, outsideEffects, shopMessages } from '../fixtures/journey.mjs';
import { WorkflowEngine } from './engine/engine.js';

/** An engine that runs the journeys of these names, and their children, and whose effects go to tables of `source`. */
export function journeyEngine(kernel: Kernel, source: DataSource, names: readonly string[]): WorkflowEngine {
  const messages = shopMessages(new NestanzaError('REFUSED', 'nothing left'));
  const engine = new WorkflowEngine({ kernel, dataSource: source, messages, nameOf, log: silentLog });
  for (const name of names) {
    const child = `${name} child`;
    engine.register({ name: child, receives: new Set(), run: errand });
    engine.register({ name, receives: new Set(), run: journey(outsideEffects(source), child) });
  }
  return engine;
}
