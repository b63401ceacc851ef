import { NestanzaError } from '@nestanza/core';
import type { EventContract } from '@nestanza/contracts';
import type { DiscoveryService } from '@nestjs/core';
import { WorkflowMetadata } from './decorators/workflow.decorator.js';
import { topicOf } from './event-topic.js';
import type { WorkflowDefinition } from './engine/engine-parts.js';
import type { ScheduleOptions } from './schedule/schedule-options.js';
import type { WorkflowClass, WorkflowMethod } from './workflow-class.js';

function refuse(name: string, why: string): never {
  throw new NestanzaError('NST_WORKFLOW_STARTUP', `The workflow "${name}" cannot run: ${why}.`, {
    facts: { workflow: name },
  });
}

/**
 * The workflows among the application's providers.
 * @throws NestanzaError `NST_WORKFLOW_STARTUP` for two of one name, and for one that is not a singleton
 */
export function exploreWorkflows(discovery: DiscoveryService): WorkflowDefinition[] {
  const places = new Map<string, unknown>();
  return discovery.getProviders().flatMap((wrapper) => {
    const options = discovery.getMetadataByDecorator(WorkflowMetadata, wrapper);
    if (options?.name === undefined) return [];
    const { name, version = '' } = options;
    const place = `${name} ${version}`;
    const { metatype } = wrapper;
    if (places.get(place) === metatype) return []; // one class, provided by two modules
    if (places.has(place)) refuse(name, 'two classes have this name, give one of them another { name } or { version }');
    if (!wrapper.isDependencyTreeStatic()) refuse(name, `its class is request-scoped, and a run outlives any request`);
    places.set(place, metatype);
    const instance = wrapper.instance as WorkflowMethod;
    const receives = new Set((options.receives ?? []).map(topicOf));
    return [{ name, version, receives, run: (context, input) => instance.run(context, input) }];
  });
}

/** Workflows that are started by the clock. */
export function scheduledWorkflows(
  discovery: DiscoveryService,
): { target: WorkflowClass; schedule: ScheduleOptions }[] {
  const found = new Map<unknown, { target: WorkflowClass; schedule: ScheduleOptions }>();
  for (const wrapper of discovery.getProviders()) {
    const schedule = discovery.getMetadataByDecorator(WorkflowMetadata, wrapper)?.schedule;
    if (schedule === undefined || wrapper.metatype === null) continue;
    found.set(wrapper.metatype, { target: wrapper.metatype as WorkflowClass, schedule });
  }
  return [...found.values()];
}

/**
 * The events that the application's workflows wait for, each once. May be asked before the providers are instantiated.
 * @throws NestanzaError `NST_WORKFLOW_STARTUP` for one that is not durable
 */
export function receivedEvents(discovery: DiscoveryService): EventContract[] {
  const contracts = new Map<string, EventContract>();
  for (const wrapper of discovery.getProviders()) {
    const options = discovery.getMetadataByDecorator(WorkflowMetadata, wrapper);
    for (const contract of options?.receives ?? []) {
      if (!contract.durable) {
        refuse(options?.name ?? '', `it receives "${contract.channel}", which is not durable, and would miss messages`);
      }
      contracts.set(topicOf(contract), contract);
    }
  }
  return [...contracts.values()];
}
