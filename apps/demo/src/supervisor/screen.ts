import { styleText } from 'node:util';
import { type LogLine } from './log-line.js';

/** Where lines go; they are coloured only where a person reads them. */
export interface Paper {
  write(text: string): void;
  readonly colours: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

const COLOURS = { serve: 'blue', orders: 'cyan', inventory: 'yellow', billing: 'magenta', monitor: 'green' } as const;
const WIDTH = 10;
/** Milliseconds in which a service's same warning is shown once: the log file has them all. */
const REPEATED_WITHIN = 2_000;
/** Characters of a warning's facts. */
const FACTS_SHOWN = 200;

/** What the person at the terminal sees of the services. */
export class Screen {
  readonly #paper: Paper;
  /** The last warning of each service. */
  readonly #warned = new Map<string, { readonly message: string; readonly at: number }>();

  constructor(paper: Paper) {
    this.#paper = paper;
  }

  /** Words of the supervisor itself. */
  say(text: string): void {
    this.#paper.write(`${text}\n`);
  }

  /** A step in an order's journey, or something a person should know; other lines are for the log file only. */
  show(service: string, { level, message, facts, orderId }: LogLine): void {
    const alarming = level === 'warn' || level === 'error' || level === 'fatal';
    if (alarming ? this.#isRepeated(service, message) : orderId === undefined) return;
    const about = orderId === undefined ? '' : `${this.#colour('dim', shortId(orderId))}  `;
    const text = alarming ? this.#colour(level === 'warn' ? 'yellow' : 'red', message) : message;
    const details = alarming && facts !== '' ? `  ${this.#colour('dim', facts.slice(0, FACTS_SHOWN))}` : '';
    this.#paper.write(`${this.#name(service)}  ${about}${text}${details}\n`);
  }

  /** The service's name, padded, in its colour. */
  #name(service: string): string {
    return this.#colour(COLOURS[service as keyof typeof COLOURS] ?? 'white', service.padEnd(WIDTH));
  }

  #isRepeated(service: string, message: string): boolean {
    const last = this.#warned.get(service);
    const at = this.#paper.now();
    if (last?.message === message && at - last.at < REPEATED_WITHIN) return true;
    this.#warned.set(service, { message, at });
    return false;
  }

  #colour(style: Parameters<typeof styleText>[0], text: string): string {
    return this.#paper.colours ? styleText(style, text) : text;
  }
}

/** UUIDv7s differ at their end. */
function shortId(orderId: string): string {
  return orderId.slice(-8).padEnd(8);
}
