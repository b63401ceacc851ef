import { cpuTime } from './cpu-time.js';
import type { Contender, Group, Running } from './scenario.js';
import { median, percentile } from './statistics.js';

export interface Rounds {
  readonly rounds: number;
  /** Milliseconds of one contender's turn. */
  readonly turn: number;
}

/** What a contender did, round by round and in all. */
export interface Figures {
  readonly name: string;
  /** Operations per second, one a round. */
  readonly rates: readonly number[];
  readonly median: number;
  /** Milliseconds; absent where single operations cannot be told apart. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Microseconds of CPU per operation, of all processes that took part; the median of the rounds. */
  readonly cpuPerMessage: number;
}

interface Turn {
  readonly rate: number;
  readonly cpu: number;
  readonly latencies: readonly number[];
}

/**
 * Lets the contenders of a group work in turn, round after round, in reversed order every other round, so that whatever
 * else the machine does meets all of them alike. One round before the first warms up and is not counted.
 */
export async function compare({ ours, peers }: Group, { rounds, turn }: Rounds): Promise<Figures[]> {
  const running: { readonly contender: Contender; readonly process: Running; readonly turns: Turn[] }[] = [];
  try {
    for (const contender of [...ours, ...peers]) {
      running.push({ contender, process: await contender.open(), turns: [] });
    }
    for (const { process } of running) await measure(process, turn);
    for (let round = 0; round < rounds; round++) {
      for (const { process, turns } of round % 2 === 0 ? running : running.toReversed()) {
        turns.push(await measure(process, turn));
      }
    }
  } finally {
    for (const { process } of running.toReversed()) await process.close();
  }
  return running.map(({ contender, turns }) => figures(contender.name, turns));
}

async function measure(process: Running, milliseconds: number): Promise<Turn> {
  const cpu = await cpuTime(process.pids);
  const begun = performance.now();
  const { operations, latencies = [] } = await process.work(milliseconds);
  const seconds = (performance.now() - begun) / 1000;
  return { rate: operations / seconds, cpu: ((await cpuTime(process.pids)) - cpu) / operations, latencies };
}

function figures(name: string, turns: readonly Turn[]): Figures {
  const rates = turns.map(({ rate }) => rate);
  const latencies = turns.flatMap((turn) => turn.latencies);
  return {
    name,
    rates,
    median: median(rates),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuPerMessage: median(turns.map(({ cpu }) => cpu)),
  };
}
