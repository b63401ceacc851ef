import { NestanzaError } from '@nestanza/core';

const NAME_LIMIT = 200;
const RESERVED = /[#[\]~\n]/;

function refuseName(name: string): void {
  if (name !== '' && name.length <= NAME_LIMIT && !RESERVED.test(name)) return;
  throw new NestanzaError(
    'NST_WORKFLOW_STEP_NAME',
    `"${name}" cannot name or key a step: use 1 to ${NAME_LIMIT} characters, none of # [ ] ~ or a line break.`,
    { facts: { name } },
  );
}

/**
 * Gives the steps of one execution their keys: name, key if any, and how often they were met before: `charge#0`,
 * `reserve[TEA-01]#0`. Inserting or removing a step of another name changes no key.
 */
export class StepKeys {
  readonly #met = new Map<string, number>();
  readonly #open = new Set<string>();

  /**
   * The key of a step that begins now; it stays open until `close`.
   * @throws NestanzaError `NST_WORKFLOW_STEP_NAME`
   * @throws NestanzaError `NST_WORKFLOW_STEP_KEY` while another step of this name and key is open: which of them is which
   * could not be told when the run is continued
   */
  open(name: string, key?: string): string {
    refuseName(name);
    if (key !== undefined) refuseName(key);
    const stem = key === undefined ? name : `${name}[${key}]`;
    if (this.#open.has(stem)) {
      throw new NestanzaError(
        'NST_WORKFLOW_STEP_KEY',
        `Two steps "${stem}" run at once: give each a "key" of its own that stays the same whenever the run is continued.`,
        { facts: { step: stem } },
      );
    }
    const occurrence = this.#met.get(stem) ?? 0;
    this.#met.set(stem, occurrence + 1);
    this.#open.add(stem);
    return `${stem}#${occurrence}`;
  }

  close(key: string): void {
    this.#open.delete(key.slice(0, key.lastIndexOf('#')));
  }
}
