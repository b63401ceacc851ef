import { PlacedOrder } from '@nestanza-demo/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { readWords } from './words.js';

export interface ChatOrder {
  readonly order: PlacedOrder;
  /** What is wrong with it, field by field; empty when nothing is. */
  readonly faults: readonly string[];
}

/** The order that somebody wrote, as words, as JSON text or as a JSON container. `undefined` when it is none at all. */
export function readChatOrder(said: unknown, sender: string): ChatOrder | undefined {
  const content = typeof said === 'string' ? (readJson(said) ?? readWords(said)) : said;
  if (Array.isArray(content)) return check({ customer: accountOf(sender), lines: content });
  if (typeof content === 'object' && content !== null) return check({ customer: accountOf(sender), ...content });
  return undefined;
}

function check(order: object): ChatOrder {
  const checked = plainToInstance(PlacedOrder, order);
  return { order: checked, faults: validateSync(checked, { whitelist: true }).flatMap((fault) => sentences(fault)) };
}

function sentences({ property, constraints, children = [] }: ValidationError, path = ''): string[] {
  const here = `${path}${property}`;
  return [
    ...Object.values(constraints ?? {}).map((text) => (path === '' ? text : `${path}${text}`)),
    ...children.flatMap((child) => sentences(child, `${here}.`)),
  ];
}

function readJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `ada` of `ada@localhost/phone`. */
function accountOf(jid: string): string {
  return jid.split(/[@/]/, 1)[0]!;
}
