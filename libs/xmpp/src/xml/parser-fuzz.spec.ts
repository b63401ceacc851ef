import { describe, expect, it } from '@jest/globals';
import { isUtf8 } from 'node:buffer';
import { cuts, Dice, nearlyADocument } from './parser-fuzz.fixture.js';
import { cutAt, parseWith, type Outcome } from './parser-outcome.fixture.js';
import { SaxesXmlParser } from './saxes-parser.fixture.js';
import { XmlScanner } from './scanner.js';

/** `npm run test:fuzz` sets these: many cases, any seed. */
const CASES = Number(process.env['NESTANZA_FUZZ_CASES'] ?? 500);
const SEED = Number(process.env['NESTANZA_FUZZ_SEED'] ?? 1);

/** saxes strips spaces from the ends of namespace names; Namespaces in XML 1.0 §2.3 compares them as they stand. */
const PADDED_NAMESPACE = /xmlns[^=<>]*=\s*(?:'(?:\s[^']*|[^']*\s)'|"(?:\s[^"]*|[^"]*\s)")/;

/** Ends whatever may be open, so that saxes has to say what it thinks of it. */
const LAST_WORD = Buffer.from(`;'"> ]]>--></none></none>`);

/** What saxes finds; a fault that it would see later than we do is forced out of it. */
function oracle(bytes: Buffer, refused: boolean): Outcome {
  const found = parseWith(SaxesXmlParser, [bytes]);
  if (!refused || found.error !== undefined) return found;
  return { ...found, error: parseWith(SaxesXmlParser, [bytes, LAST_WORD]).error };
}

/**
 * The same events, and both accept or both refuse. An element that ends with a wrong tag is reported by saxes before it
 * is refused; where that was the document element, the oracle hears no more.
 */
function agree(ours: Outcome, theirs: Outcome): boolean {
  const refused = ours.error !== undefined;
  const more = theirs.events.length - ours.events.length;
  if (!ours.events.every((event, index) => event === theirs.events[index])) return false;
  if (refused && more === 1 && theirs.events.at(-1) === 'end') return true;
  return refused === (theirs.error !== undefined) && (more === 0 || (refused && more === 1));
}

describe(`the scanner, over ${CASES} documents of seed ${SEED}`, () => {
  it('agrees with saxes, and with itself however the bytes are cut and whenever elements are read', () => {
    const seen = { accepted: 0, refused: 0, restricted: 0 };
    for (let index = 0; index < CASES; index++) {
      const dice = new Dice(SEED * 1_000_003 + index);
      const bytes = nearlyADocument(dice);
      const ours = parseWith(XmlScanner, [bytes]);
      const late = parseWith(XmlScanner, cutAt(bytes, cuts(bytes, dice)), { late: true });
      const facts = { seed: SEED, index, text: bytes.toString() };
      // A fault of the bytes is seen before anything of its chunk is reported: cut elsewhere, more is reported first.
      const early = !isUtf8(bytes) && ours.error !== undefined && late.events.length >= ours.events.length;
      expect({ ...facts, outcome: early ? ours : late }).toEqual({ ...facts, outcome: ours });
      const restricted = ours.error === 'restricted-xml';
      seen.restricted += Number(restricted);
      // Comments, instructions and document types XMPP forbids and saxes reads; it strips namespace names.
      if ((restricted && /<!--|<!DOCTYPE|<\?/.test(facts.text)) || PADDED_NAMESPACE.test(facts.text)) continue;
      const theirs = oracle(bytes, ours.error !== undefined);
      expect({ ...facts, outcome: ours }).toEqual({ ...facts, outcome: agree(ours, theirs) ? ours : theirs });
      seen[ours.error === undefined ? 'accepted' : 'refused']++;
    }
    // The fuzz is worth something only if it comes to both.
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(CASES / 20);
  });
});
