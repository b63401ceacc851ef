import { describe, expect, it } from '@jest/globals';
import { type Element } from './element.js';
import { STANZA_LIMITS } from './limits.js';
import { parseElement } from './parse-element.js';
import { cutAt, describeNode, HEADER } from './parser-outcome.fixture.js';
import { XmlScanner } from './scanner.js';
import { serialize } from './serializer.js';

/** The stanzas of a stream, unread. */
function received(...chunks: readonly (string | Uint8Array)[]): Element[] {
  const stanzas: Element[] = [];
  const events = {
    onHeader: () => undefined,
    onElement: (stanza: Element) => stanzas.push(stanza),
    onEnd: () => undefined,
  };
  const parser = new XmlScanner(events, () => STANZA_LIMITS);
  for (const chunk of [HEADER, ...chunks]) parser.write(Buffer.from(chunk));
  return stanzas;
}

describe('an element that was received', () => {
  it('reads itself after others were scanned', () => {
    const [first, second] = received("<a id='1'><p:b xmlns:p='urn:p' x='&lt;'>t</p:b></a><c><d>é</d></c>", '<e/>');
    parseElement("<other xmlns='urn:o'/>");
    expect(describeNode(second!)).toBe('{jabber:client}c()[{jabber:client}d()["é"]]');
    expect(describeNode(first!)).toBe('{jabber:client}a(id="1")[{urn:p}b(x="<")["t"]]');
  });

  it('reads itself while a stanza of another stream is unfinished', () => {
    const [first] = received("<a><b c='1'/></a>", "<d><e f='2");
    received("<x y='3'><z/></x>");
    expect(describeNode(first!)).toBe('{jabber:client}a()[{jabber:client}b(c="1")[]]');
  });

  it('stays outside any namespace where it says so', () => {
    const [stanza] = received("<a><b xmlns=''><c/></b></a>");
    expect(stanza!.elements()[0]!.xmlns).toBe('');
    expect(serialize(stanza!, 'jabber:client')).toBe("<a><b xmlns=''><c/></b></a>");
  });

  it('is the same when it is detached from its bytes, and with other attributes', () => {
    const [stanza] = received("<a id='1'><b>t</b></a>");
    expect(describeNode(stanza!.detached())).toBe(describeNode(stanza!));
    const [other] = received("<a id='1'><b>t</b></a>");
    expect(describeNode(other!.with({ id: undefined, from: 'x' }))).toBe(
      '{jabber:client}a(from="x")[{jabber:client}b()["t"]]',
    );
  });
});

describe('characters of several bytes', () => {
  const characters = ['é', '€', '😀', '\u{10ffff}', '\ufffd', '\u0800', '\ud7ff', '\ue000'];

  it.each(characters)('%j may be cut anywhere', (character) => {
    const bytes = Buffer.from(`<a b='${character}'>${character}<${character === 'é' ? 'é' : 'c'}/></a>`);
    const [whole] = received(bytes);
    for (let cut = 1; cut < bytes.length; cut++) {
      const [stanza] = received(...cutAt(bytes, [cut]));
      expect(describeNode(stanza!)).toBe(describeNode(whole!));
    }
  });

  it.each([
    ['an overlong form', [0xc0, 0xaf]],
    ['an overlong form of three bytes', [0xe0, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['more than U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a first byte that is none', [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ['a byte that goes on with nothing', [0x80]],
    ['a character that is not ended', [0xe2, 0x82, 0x3c]],
  ])('refuses %s, wherever it is cut', (_what, fault) => {
    const bytes = Buffer.concat([Buffer.from('<a>x'), Buffer.from(fault), Buffer.from('</a>')]);
    for (let cut = 0; cut < bytes.length; cut++) {
      expect(() => received(...cutAt(bytes, [cut]))).toThrow(expect.objectContaining({ condition: 'not-well-formed' }));
    }
  });
});
