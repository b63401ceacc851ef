import { type Status } from '@nestanza-demo/contracts';

const NEXT: Readonly<Record<Status, readonly Status[]>> = {
  placed: ['reserved', 'cancelled', 'refused'],
  reserved: ['charged', 'cancelled'],
  charged: ['shipped'],
  shipped: [],
  cancelled: [],
  refused: [],
};

/** Whether an order may go from one status to the other; a final status is never left. */
export function canBecome(from: Status, to: Status): boolean {
  return NEXT[from].includes(to);
}

export function isFinal(status: Status): boolean {
  return NEXT[status].length === 0;
}
