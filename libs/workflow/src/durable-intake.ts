import { Ctx, Subscribe, type MessageContext } from '@nestanza/bus';
import type { EventContract } from '@nestanza/contracts';

/** What is done with the messages of one contract by one group. */
export interface Intake {
  readonly contract: EventContract;
  readonly group: string;
  /** Runs in the handler's own transaction, the ambient one. */
  handle(body: unknown, context: MessageContext): Promise<void>;
}

/**
 * A provider whose methods are durable handlers, made from data instead of decorators in code: the bus finds them as it
 * finds all others.
 */
export function durableIntake(intakes: readonly Intake[]): object {
  class DurableIntake {}
  for (const { contract, group, handle } of intakes) {
    const method = `${contract.type} for ${group}`;
    const value = (body: unknown, context: MessageContext): Promise<void> => handle(body, context);
    const descriptor = { value, configurable: true, writable: true, enumerable: false };
    Object.defineProperty(DurableIntake.prototype, method, descriptor);
    Subscribe(contract, { group })(DurableIntake.prototype, method, descriptor);
    Ctx()(DurableIntake.prototype, method, 1);
  }
  return new DurableIntake();
}
