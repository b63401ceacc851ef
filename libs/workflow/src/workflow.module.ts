import { Bus } from '@nestanza/bus';
import { BUS_SERVICE, nestLog } from '@nestanza/bus/internal';
import { milliseconds } from '@nestanza/core';
import { DELIVERY_DATA_SOURCE, KERNEL } from '@nestanza/delivery/internal';
import { migrate, type PostgresDataSourceOptions } from '@nestanza/postgres';
import type { Kernel } from '@nestanza/postgres/internal';
import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { busMessages } from './bus-messages.js';
import { WorkflowEngine } from './engine/engine.js';
import { workflowMigrations } from './entities/entities.js';
import { eventIntake } from './event-intake.js';
import { exploreWorkflows, receivedEvents } from './explorer.js';
import { WorkflowInspector } from './inspector.js';

import { OutcomeWatch } from './outcome-watch.js';
import type { WorkflowModuleOptions } from './workflow-options.js';
import { Workflows } from './workflows.js';

const OPTIONS = Symbol('nestanza:workflow-options');
const INTAKE = Symbol('nestanza:workflow-event-intake');

const LOG = nestLog('Workflow');

async function openEngine(...[kernel, dataSource, bus, options]: [Kernel, DataSource, Bus, WorkflowModuleOptions]) {
  await migrate((dataSource.options as PostgresDataSourceOptions).url ?? '', workflowMigrations);
  return new WorkflowEngine({ kernel, dataSource, messages: busMessages(bus), log: LOG, ...options });
}

function openIntake(
  ...[discovery, engine, service, { keepEvents = '1d' }]: [
    DiscoveryService,
    WorkflowEngine,
    string,
    WorkflowModuleOptions,
  ]
): object {
  const announce = (): void => engine.announce();
  const keep = milliseconds(keepEvents);
  return eventIntake(receivedEvents(discovery), { group: `${service}/workflows`, keep, announce });
}

/**
 * Runs the application's workflows, on the database, the lease and the outbox of `DeliveryModule`. Begins to claim runs
 * once the application has bootstrapped, and hands them back when it is destroyed.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: WorkflowEngine,
      inject: [KERNEL, DELIVERY_DATA_SOURCE, Bus, OPTIONS],
      useFactory: openEngine,
    },
    {
      provide: INTAKE,
      inject: [DiscoveryService, WorkflowEngine, BUS_SERVICE, OPTIONS],
      useFactory: openIntake,
    },
    {
      provide: OutcomeWatch,
      inject: [WorkflowEngine],
      useFactory: ({ parts: { sql, clock, log } }: WorkflowEngine) => new OutcomeWatch({ sql, clock, log }),
    },
    {
      provide: Workflows,
      inject: [WorkflowEngine, OutcomeWatch],
      useFactory: (engine: WorkflowEngine, outcomes: OutcomeWatch) => new Workflows({ engine, outcomes }),
    },
    {
      provide: WorkflowInspector,
      inject: [KERNEL],
      useFactory: (kernel: Kernel) => new WorkflowInspector(kernel),
    },
  ],
  exports: [Workflows, WorkflowInspector],
})
export class WorkflowModule implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(WorkflowEngine) private readonly engine: WorkflowEngine,
    @Inject(OutcomeWatch) private readonly outcomes: OutcomeWatch,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
  ) {}

  static forRoot(options: WorkflowModuleOptions = {}): DynamicModule {
    return { module: WorkflowModule, global: true, providers: [{ provide: OPTIONS, useValue: options }] };
  }

  onModuleInit(): void {
    for (const definition of exploreWorkflows(this.discovery)) this.engine.register(definition);
    this.engine.onEnd((run) => this.outcomes.ended(run));
  }

  onApplicationBootstrap(): void {
    this.engine.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.engine.stop();
    this.outcomes.close();
  }
}
