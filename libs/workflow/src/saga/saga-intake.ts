import { Reject, type MessageContext } from '@nestanza/bus';
import type { EventContract } from '@nestanza/contracts';
import { afterCommit, currentTransaction } from '@nestanza/postgres';
import { durableIntake } from '../durable-intake.js';
import { topicOf } from '../event-topic.js';
import type { SagaDefinition } from './saga-definition.js';
import { SagaInstance } from './saga-instance.js';

export interface SagaIntakeOptions {
  /** Name of this service. */
  readonly service: string;
  /** An instance has changed: a timeout may be due sooner. */
  readonly onChange: () => void;
}

/** A provider with one durable handler per saga and event, which brings each message to its instance. */
export function sagaIntake(sagas: readonly SagaDefinition[], { service, onChange }: SagaIntakeOptions): object {
  return durableIntake(
    sagas.flatMap((saga) =>
      eventsOf(saga).map((contract) => ({
        contract,
        group: `${service}/${saga.name}`,
        handle: (body: unknown, context: MessageContext) => receive(saga, contract, { body, context, onChange }),
      })),
    ),
  );
}

/** The events of a saga, each once. */
function eventsOf(saga: SagaDefinition): EventContract[] {
  const contracts = saga.handlers.flatMap(({ contract }) => (contract === undefined ? [] : [contract]));
  return [...new Map(contracts.map((contract) => [topicOf(contract), contract])).values()];
}

async function receive(
  saga: SagaDefinition,
  contract: EventContract,
  {
    body,
    context,
    onChange,
  }: { readonly body: unknown; readonly context: MessageContext; readonly onChange: () => void },
): Promise<void> {
  const tx = currentTransaction();
  if (tx === undefined) throw new Error('A saga handles a message within the transaction of its handler.');
  const topic = topicOf(contract);
  // In one order for all, so that two messages for the same instances do not wait for each other.
  for (const key of keysOf(saga, topic, body).sort()) {
    const instance = await SagaInstance.lock(tx, saga, key);
    await instance.receive({ topic, messageId: context.id, body });
  }
  afterCommit(onChange);
}

/** The instances that a message belongs to; nearly always one. */
function keysOf(saga: SagaDefinition, topic: string, body: unknown): string[] {
  const keys = new Set<string>();
  for (const { cause, by, place } of saga.handlers) {
    if (cause !== topic || by === undefined) continue;
    const key: unknown = by(body);
    if (typeof key !== 'string' || key === '') {
      throw new Reject(
        'NST_WORKFLOW_SAGA_KEY',
        `${place} finds no key in the message: "by" gave ${JSON.stringify(key)}.`,
      );
    }
    keys.add(key);
  }
  return [...keys];
}
