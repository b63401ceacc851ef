import { NestanzaError } from '@nestanza/core';

/** One thing that is wrong with the application's wiring or configuration. */
export interface Fault {
  /** Where: `Inventory.onPlaced`, `BusModule.forRoot`. */
  readonly place: string;
  readonly problem: string;
  /** What to type or change. */
  readonly remedy: string;
}

/** The application cannot start; its text lists every fault with its remedy. */
export class StartupError extends NestanzaError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(
      'NST_BUS_STARTUP',
      [
        faults.length === 1 ? 'The bus cannot start:' : `The bus cannot start, for ${faults.length} reasons:`,
        ...faults.flatMap(({ place, problem, remedy }) => [`  • ${place}: ${problem}`, `    → ${remedy}`]),
      ].join('\n'),
      { facts: { faults: faults.length } },
    );
    this.faults = faults;
    // Nest prints the stack of what stops a start; here the sentence is all there is to read.
    this.stack = `${this.name}: ${this.message}`;
    // Node prints every field of what nobody caught, too, and the text holds them already.
    for (const field of Object.keys(this)) Object.defineProperty(this, field, { enumerable: false });
  }
}
