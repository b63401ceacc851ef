import { poll } from '../poll.js';
import type { Placement } from './customers.js';

export type Final = 'shipped' | 'cancelled' | 'refused';

/** An acknowledged order after the last kill. */
export interface Outcome {
  readonly placement: Placement;
  readonly orderId: string;
  /** `undefined`: it was not final in time, or the service did not know it. */
  readonly final: Final | undefined;
  /** Milliseconds from its acknowledgement to its final status. */
  readonly took: number | undefined;
  readonly history: string;
}

interface OrderView {
  readonly status: string;
  readonly history: readonly { readonly at: string; readonly what: string }[];
}

/** Orders asked for at once. */
const LANES = 8;
const FINAL = new Set(['shipped', 'cancelled', 'refused']);

async function view(url: string, orderId: string): Promise<OrderView | undefined> {
  const response = await fetch(`${url}/orders/${encodeURIComponent(orderId)}`, { signal: AbortSignal.timeout(5_000) });
  return response.ok ? ((await response.json()) as OrderView) : undefined;
}

async function settle(url: string, placement: Placement, deadline: number): Promise<Outcome> {
  const orderId = placement.orderId!;
  let last: OrderView | undefined;
  const look = async (): Promise<OrderView | undefined> => {
    last = (await view(url, orderId)) ?? last;
    return last && FINAL.has(last.status) ? last : undefined;
  };
  const within = Math.max(0, deadline - Date.now());
  const done = await poll(look, { within, every: 200, what: `a final status of ${orderId}` }).catch(() => undefined);
  const at = done?.history.at(-1)?.at;
  return {
    placement,
    orderId,
    final: done?.status as Final | undefined,
    took: at === undefined ? undefined : Math.max(0, Date.parse(at) - placement.acknowledgedAt!),
    history: last?.history.map(({ at: when, what }) => `${when} ${what}`).join('; ') ?? 'nobody knows it',
  };
}

/** What became of every acknowledged order by `deadline`. */
export async function outcomes(url: string, placements: readonly Placement[], deadline: number): Promise<Outcome[]> {
  const waiting = placements.filter(({ orderId }) => orderId !== undefined);
  const settled: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      settled.push(await settle(url, next, deadline));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return settled;
}
