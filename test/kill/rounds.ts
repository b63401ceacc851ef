import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@nestanza/xmpp';
import type { Demo, ProcessName } from '../support/demo.js';
import { poll } from '../support/poll.js';
import { place, type Placement } from '../support/orders/customers.js';
import type { Round } from './plan.js';

/** Milliseconds over which the orders of a round are spread. */
const WINDOW = 2_000;
/** Within this a killed process must be back; longer is a failure of its own. */
const BACK = 45_000;

export interface Kill {
  readonly victim: ProcessName;
  readonly at: number;
  /** Milliseconds until a new process stood in its place; `undefined`: it never came. */
  readonly backAfter: number | undefined;
}

export interface RoundOutcome {
  readonly kill: Kill;
  readonly placements: readonly Placement[];
}

/** Kills the process by its pid and waits for its successor. @throws Error when there is none to kill */
async function kill(demo: Demo, victim: ProcessName): Promise<Kill> {
  const pid = await poll(() => demo.pid(victim), { within: BACK, what: `a running ${victim} to kill` });
  process.kill(pid, 'SIGKILL');
  const at = Date.now();
  const successor = async (): Promise<true | undefined> => {
    const next = await demo.pid(victim);
    return next !== undefined && next !== pid ? true : undefined;
  };
  const back = await poll(successor, { within: BACK, what: `the return of ${victim}` }).catch(() => false);
  return { victim, at, backAfter: back ? Date.now() - at : undefined };
}

/** Places a round's orders and kills its victim while they are under way. */
export async function play(round: Round, demo: Demo, connection: Connection): Promise<RoundOutcome> {
  const { url } = demo;
  const gap = WINDOW / round.orders.length;
  const placing = round.orders.map(async (order, index) => {
    await sleep(index * gap);
    return place(order, { url, connection });
  });
  const killing = sleep(round.after * WINDOW).then(() => kill(demo, round.victim));
  const [killed, placements] = await Promise.all([killing, Promise.all(placing)]);
  return { kill: killed, placements };
}
