import { styleText } from 'node:util';
import { type LogLine } from './log-line.js';

/** Where lines go; they are coloured only where a person reads them. */
export interface Paper {
  write(text: string): void;
  readonly colours: boolean;
}

const COLOURS = { serve: 'blue', orders: 'cyan', inventory: 'yellow', billing: 'magenta', monitor: 'green' } as const;
const WIDTH = 10;

/** What the person at the terminal sees of the services. */
export class Screen {
  readonly #paper: Paper;

  constructor(paper: Paper) {
    this.#paper = paper;
  }

  /** Words of the supervisor itself. */
  say(text: string): void {
    this.#paper.write(`${text}\n`);
  }

  /** A step in an order's journey, or something a person should know; other lines are for the log file only. */
  show(service: string, { level, message, orderId }: LogLine): void {
    const alarming = level === 'warn' || level === 'error' || level === 'fatal';
    if (orderId === undefined && !alarming) return;
    const about = orderId === undefined ? '' : `${this.#colour('dim', shortId(orderId))}  `;
    const text = alarming ? this.#colour(level === 'warn' ? 'yellow' : 'red', message) : message;
    this.#paper.write(`${this.name(service)}  ${about}${text}\n`);
  }

  /** The service's name, padded, in its colour. */
  name(service: string): string {
    return this.#colour(COLOURS[service as keyof typeof COLOURS] ?? 'white', service.padEnd(WIDTH));
  }

  #colour(style: Parameters<typeof styleText>[0], text: string): string {
    return this.#paper.colours ? styleText(style, text) : text;
  }
}

/** UUIDv7s differ at their end. */
function shortId(orderId: string): string {
  return orderId.slice(-8).padEnd(8);
}
