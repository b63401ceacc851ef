import type { MessageContext } from '@nestanza/bus';
import type { EventContract } from '@nestanza/contracts';
import { afterCommit, currentTransaction } from '@nestanza/postgres';
import { durableIntake } from './durable-intake.js';
import { leavesOf } from './engine/leaves.js';
import { topicOf } from './event-topic.js';
import { keepEvent } from './store/event.js';
import { encodeJson } from './store/json.js';

export interface IntakeOptions {
  /** The durable group that takes the events in: of this service, and of nobody else. */
  readonly group: string;
  /** Milliseconds for which events are kept. */
  readonly keep: number;
  /** A run may be due. */
  readonly announce: () => void;
}

/**
 * A provider with one durable handler per contract, which keeps each message for the runs that wait for it, or will.
 * The message is kept, and they are made due, in the transaction that ends the message.
 */
export function eventIntake(contracts: readonly EventContract[], options: IntakeOptions): object {
  return durableIntake(
    contracts.map((contract) => ({
      contract,
      group: options.group,
      handle: (body: unknown, context: MessageContext) => take(contract, { body, context }, options),
    })),
  );
}

async function take(
  contract: EventContract,
  { body, context }: { readonly body: unknown; readonly context: MessageContext },
  { keep, announce }: IntakeOptions,
): Promise<void> {
  const tx = currentTransaction();
  if (tx === undefined) throw new Error('An event is taken in within the transaction of its handler.');
  const text = encodeJson(body, `the body of a message of "${contract.channel}"`) ?? 'null';
  const woken = await keepEvent(tx, {
    topic: topicOf(contract),
    sender: context.publisher ?? context.sender,
    messageId: context.id,
    body: text,
    leaves: leavesOf(JSON.parse(text)),
    keep,
  });
  if (woken > 0) afterCommit(announce);
}
