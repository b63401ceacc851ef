import type { Figures } from './compare.js';
import { median } from './statistics.js';

/** One of ours against one peer. Rates are operations per second, times milliseconds, CPU microseconds. */
export interface Result {
  readonly scenario: string;
  readonly name: string;
  readonly against: string;
  readonly concurrency: number;
  readonly median: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Our rate divided by the peer's, round by round; the median of that. */
  readonly ratio: number;
  readonly rounds: number;
  readonly cpuPerMessage: number;
  readonly peer: Pick<Figures, 'median' | 'p50' | 'p99' | 'cpuPerMessage'>;
}

export function resultOf(
  where: { readonly scenario: string; readonly concurrency: number },
  ours: Figures,
  peer: Figures,
): Result {
  const { name, rates, ...own } = ours;
  const theirs = { median: peer.median, p50: peer.p50, p99: peer.p99, cpuPerMessage: peer.cpuPerMessage };
  const ratio = median(rates.map((rate, round) => rate / peer.rates[round]!));
  return { ...where, name, against: peer.name, ...own, ratio, rounds: rates.length, peer: theirs };
}

/** The result as one line of JSON, numbers to four digits. */
export function jsonLine(result: Result): string {
  return JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  );
}

/** The result as a line to read. */
export function textLine({ name, against, concurrency, ratio, peer, ...ours }: Result): string {
  const side = (figures: typeof peer) =>
    [
      `${count(figures.median)}/s`,
      ...(figures.p50 === undefined ? [] : [`p50 ${time(figures.p50)}`, `p99 ${time(figures.p99)}`]),
      `${figures.cpuPerMessage.toPrecision(3)} µs CPU`,
    ].join(', ');
  return `${name} / ${against}, ${concurrency} in flight: ${ratio.toFixed(2)} (${side(ours)} / ${side(peer)})`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function time(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '–' : `${milliseconds.toPrecision(3)} ms`;
}
