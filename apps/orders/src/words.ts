import { type OrderLine } from '@nestanza-demo/contracts';

const ORDER = /^order\s+(?<lines>.+)$/i;
const LINE = /^(?<quantity>\d{1,6})\s*(?:x|×)?\s*(?<sku>\S{1,40})$/i;

/**
 * The lines that a sentence orders: `order 2 TEA-01`, `order 2 TEA-01, 1 CUP-02`, `order 2 x TEA-01 and 1 CUP-02`.
 * `undefined` for any other sentence.
 */
export function readWords(sentence: string): OrderLine[] | undefined {
  const text = ORDER.exec(sentence.trim())?.groups?.['lines'];
  if (text === undefined) return undefined;
  const lines = text.split(/\s*,\s*|\s+and\s+/i).map((line) => LINE.exec(line.trim())?.groups);
  if (lines.includes(undefined)) return undefined;
  return lines.map((line) => ({ sku: line!['sku']!.toUpperCase(), quantity: Number(line!['quantity']) }));
}
