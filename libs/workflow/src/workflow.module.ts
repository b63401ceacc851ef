import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { workflowId } from './decorators/workflow.decorator.js';
import { WorkflowEngine } from './engine/engine.js';
import { exploreWorkflows, scheduledWorkflows } from './explorer.js';
import { WorkflowInspector } from './inspector.js';
import { OutcomeWatch } from './outcome-watch.js';
import { SagaTimers } from './saga/saga-timers.js';
import type { WorkflowModuleOptions } from './workflow-options.js';
import { OPTIONS, WORKFLOW_PROVIDERS } from './workflow.providers.js';
import { Workflows } from './workflows.js';

/**
 * Runs the application's workflows and sagas, on the database, the lease and the outbox of `DeliveryModule`. Begins when
 * the application has bootstrapped, and hands its runs back when it is destroyed.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [...WORKFLOW_PROVIDERS],
  exports: [Workflows, WorkflowInspector],
})
export class WorkflowModule implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  // oxlint-disable-next-line max-params -- what Nest injects into a constructor
  constructor(
    @Inject(WorkflowEngine) private readonly engine: WorkflowEngine,
    @Inject(OutcomeWatch) private readonly outcomes: OutcomeWatch,
    @Inject(SagaTimers) private readonly timers: SagaTimers,
    @Inject(Workflows) private readonly workflows: Workflows,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
  ) {}

  static forRoot(options: WorkflowModuleOptions = {}): DynamicModule {
    return { module: WorkflowModule, global: true, providers: [{ provide: OPTIONS, useValue: options }] };
  }

  onModuleInit(): void {
    for (const definition of exploreWorkflows(this.discovery)) this.engine.register(definition);
    this.engine.onEnd((run) => this.outcomes.ended(run));
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const { target, schedule } of scheduledWorkflows(this.discovery)) {
      await this.workflows.schedule(workflowId(target).name, target, schedule);
    }
    this.engine.start();
    this.timers.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.engine.stop(), this.timers.stop()]);
    this.outcomes.close();
  }
}
