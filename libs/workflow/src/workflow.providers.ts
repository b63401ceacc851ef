import { Bus } from '@nestanza/bus';
import { BUS_SERVICE, nestLog } from '@nestanza/bus/internal';
import { milliseconds, NestanzaError } from '@nestanza/core';
import { DELIVERY_DATA_SOURCE, KERNEL } from '@nestanza/delivery/internal';
import { migrate } from '@nestanza/postgres';
import type { Kernel } from '@nestanza/postgres/internal';
import type { FactoryProvider } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { busMessages } from './bus-messages.js';
import { databaseUrl } from './database-url.js';
import { workflowId } from './decorators/workflow.decorator.js';
import { WorkflowEngine } from './engine/engine.js';
import { workflowMigrations } from './entities/entities.js';
import { eventIntake } from './event-intake.js';
import { receivedEvents } from './explorer.js';
import { WorkflowInspector } from './inspector.js';
import { OutcomeWatch } from './outcome-watch.js';
import type { SagaDefinition } from './saga/saga-definition.js';
import { exploreSagas } from './saga/saga-explorer.js';
import { sagaIntake } from './saga/saga-intake.js';
import { SagaTimers } from './saga/saga-timers.js';
import { WORKFLOW_DEFAULTS, type WorkflowModuleOptions } from './workflow-options.js';
import { Workflows } from './workflows.js';

export const OPTIONS = Symbol('nestanza:workflow-options');
const SAGAS = Symbol('nestanza:sagas');
const LOG = nestLog('Workflow');

/** The tables exist by the time that anybody can inject the engine. */
const engine: FactoryProvider<WorkflowEngine> = {
  provide: WorkflowEngine,
  inject: [KERNEL, DELIVERY_DATA_SOURCE, Bus, OPTIONS],
  useFactory: async (...[kernel, dataSource, bus, options]: [Kernel, DataSource, Bus, WorkflowModuleOptions]) => {
    await migrate(databaseUrl(dataSource), workflowMigrations);
    const { retain = WORKFLOW_DEFAULTS.retain, ...rest } = options;
    return new WorkflowEngine({
      ...rest,
      kernel,
      dataSource,
      messages: busMessages(bus),
      idOf: workflowId,
      log: LOG,
      retain: retain === 'forever' ? undefined : retain,
    });
  },
};

const outcomes: FactoryProvider<OutcomeWatch> = {
  provide: OutcomeWatch,
  inject: [WorkflowEngine],
  useFactory: ({ parts: { sql, clock, log } }: WorkflowEngine) => new OutcomeWatch({ sql, clock, log }),
};

const workflows: FactoryProvider<Workflows> = {
  provide: Workflows,
  inject: [WorkflowEngine, OutcomeWatch],
  useFactory: (running: WorkflowEngine, watch: OutcomeWatch) => new Workflows({ engine: running, outcomes: watch }),
};

const inspector: FactoryProvider<WorkflowInspector> = {
  provide: WorkflowInspector,
  inject: [DELIVERY_DATA_SOURCE, SAGAS],
  useFactory: (source: DataSource, found: readonly SagaDefinition[]) => new WorkflowInspector(source, found),
};

/** @throws NestanzaError `NST_WORKFLOW_STARTUP` for a saga whose entity the data source does not know */
const sagas: FactoryProvider<readonly SagaDefinition[]> = {
  provide: SAGAS,
  inject: [DiscoveryService, DELIVERY_DATA_SOURCE],
  useFactory: (discovery: DiscoveryService, dataSource: DataSource) => {
    const found = exploreSagas(discovery);
    const stranger = found.find(({ entity }) => !dataSource.hasMetadata(entity));
    if (stranger === undefined) return found;
    const { name, entity } = stranger;
    throw new NestanzaError(
      'NST_WORKFLOW_STARTUP',
      `The saga "${name}" cannot run: the data source does not know its entity ${entity.name}.`,
      { facts: { saga: name, entity: entity.name } },
    );
  },
};

const timers: FactoryProvider<SagaTimers> = {
  provide: SagaTimers,
  inject: [SAGAS, WorkflowEngine],
  useFactory: (found: readonly SagaDefinition[], { parts }: WorkflowEngine) => new SagaTimers(found, parts),
};

/** What comes in for workflows: found by the bus among the providers. */
const events: FactoryProvider<object> = {
  provide: Symbol('nestanza:workflow-event-intake'),
  inject: [DiscoveryService, WorkflowEngine, BUS_SERVICE, OPTIONS],
  useFactory: (
    ...[discovery, running, service, options]: [DiscoveryService, WorkflowEngine, string, WorkflowModuleOptions]
  ) =>
    eventIntake(receivedEvents(discovery), {
      group: `${service}/workflows`,
      keep: milliseconds(options.keepEvents ?? WORKFLOW_DEFAULTS.keepEvents),
      announce: () => running.announce(),
    }),
};

/** What comes in for sagas. */
const messages: FactoryProvider<object> = {
  provide: Symbol('nestanza:workflow-saga-intake'),
  inject: [SAGAS, SagaTimers, BUS_SERVICE],
  useFactory: (found: readonly SagaDefinition[], due: SagaTimers, service: string) =>
    sagaIntake(found, { service, onChange: () => due.hurry() }),
};

export const WORKFLOW_PROVIDERS = [engine, outcomes, workflows, inspector, sagas, timers, events, messages];
