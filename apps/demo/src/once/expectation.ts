import { type Status } from '@nestanza-demo/contracts';

/** How an order of the play must end. */
export interface Expectation {
  readonly status: Extract<Status, 'shipped' | 'cancelled' | 'refused'>;
  /** Rows of the bank's ledger. */
  readonly charges: 0 | 1;
  /** Whether the operator must have been sent a message that names the order. */
  readonly operatorTold: boolean;
}

/** How an order did end. */
export interface Outcome {
  readonly status: string;
  /** The last status that node `orders/status` told; `undefined` when it told none. */
  readonly published: string | undefined;
  readonly charges: number;
  readonly operatorTold: boolean;
}

export const SHIPPED: Expectation = { status: 'shipped', charges: 1, operatorTold: false };
export const CANCELLED: Expectation = { status: 'cancelled', charges: 0, operatorTold: false };
export const CANCELLED_BY_BANK: Expectation = { status: 'cancelled', charges: 0, operatorTold: true };
export const REFUSED: Expectation = { status: 'refused', charges: 0, operatorTold: false };

/** Where they differ, in words; empty when all is as expected. */
export function differences(expected: Expectation, outcome: Outcome): readonly string[] {
  const found: string[] = [];
  if (outcome.status !== expected.status) found.push(`is ${outcome.status}, not ${expected.status}`);
  if (outcome.published !== expected.status) found.push(`was published as ${outcome.published ?? 'nothing'}`);
  if (outcome.charges !== expected.charges) found.push(`was charged ${outcome.charges} times, not ${expected.charges}`);
  if (outcome.operatorTold !== expected.operatorTold) {
    found.push(expected.operatorTold ? 'was not reported to the operator' : 'was reported to the operator');
  }
  return found;
}
