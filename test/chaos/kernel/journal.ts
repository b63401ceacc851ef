import { openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What the producer knows of a message it tried to publish. */
export interface Attempt {
  readonly id: string;
  /** When its transaction had committed, milliseconds since the epoch; `undefined`: nobody knows whether it did. */
  readonly acknowledgedAt: number | undefined;
}

/** A file outside of the system under test, written line by line before and after each publish. */
export class JournalWriter {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  attempted(id: string): void {
    writeSync(this.#file, `? ${id}\n`);
  }

  acknowledged(id: string): void {
    writeSync(this.#file, `! ${id} ${Date.now()}\n`);
  }
}

/** The attempts in order; a line that a crash cut short is none. */
export async function readJournal(path: string): Promise<readonly Attempt[]> {
  const attempts = new Map<string, number | undefined>();
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const line of text.split('\n').slice(0, -1)) {
    const [mark, id = '', at] = line.split(' ');
    if (mark === '?') attempts.set(id, undefined);
    else if (mark === '!' && attempts.has(id)) attempts.set(id, Number(at));
  }
  return [...attempts].map(([id, acknowledgedAt]) => ({ id, acknowledgedAt }));
}
