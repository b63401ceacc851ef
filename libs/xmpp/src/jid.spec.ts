import { describe, expect, it } from '@jest/globals';
import { hasCode } from '@nestanza/core';
import fc from 'fast-check';
import { Jid, type JidParts } from './jid.js';

const malformed = expect.objectContaining({ code: 'NST_XMPP_JID' });

/** `undefined` where the parts are malformed; any other error is one. */
function attempt(make: () => Jid): Jid | undefined {
  try {
    return make();
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_JID')) return undefined;
    throw error;
  }
}

describe('an address', () => {
  // RFC 7622 §3.5, table 1, and XMPP facts measured elsewhere.
  it.each([
    ['juliet@example.com', 'juliet', 'example.com', ''],
    ['juliet@example.com/foo', 'juliet', 'example.com', 'foo'],
    ['juliet@example.com/foo bar', 'juliet', 'example.com', 'foo bar'],
    ['juliet@example.com/foo@bar', 'juliet', 'example.com', 'foo@bar'],
    ['foo\\20bar@example.com', 'foo\\20bar', 'example.com', ''],
    ['fussball@example.com', 'fussball', 'example.com', ''],
    ['fu\u00dfball@example.com', 'fu\u00dfball', 'example.com', ''],
    ['\u03c0@example.com', '\u03c0', 'example.com', ''],
    ['\u03a3@example.com/foo', '\u03c3', 'example.com', 'foo'],
    ['\u03c3@example.com/foo', '\u03c3', 'example.com', 'foo'],
    ['\u03c2@example.com/foo', '\u03c2', 'example.com', 'foo'],
    ['king@example.com/\u265a', 'king', 'example.com', '\u265a'],
    ['example.com', '', 'example.com', ''],
    ['example.com/foobar', '', 'example.com', 'foobar'],
    ['a.example.com/b@example.net', '', 'a.example.com', 'b@example.net'],
    ['juliet@example.com//@//', 'juliet', 'example.com', '/@//'],
    ['JULIET@Example.COM./Balcony', 'juliet', 'example.com', 'Balcony'],
    ['\uff4a\uff55@example.com', 'ju', 'example.com', ''],
    ['e\u0301@example.com/e\u0301', '\u00e9', 'example.com', '\u00e9'],
    ['a@[::1]/x', 'a', '[::1]', 'x'],
    ['a@[0:0:0:0:0:0:0:1]', 'a', '[::1]', ''],
    ['a@127.0.0.1', 'a', '127.0.0.1', ''],
    ['a@xn--mnchen-3ya.de', 'a', 'm\u00fcnchen.de', ''],
    ['a@M\u00dcNCHEN.de', 'a', 'm\u00fcnchen.de', ''],
    ['a@b/\u3000c', 'a', 'b', ' c'],
    ['\u05d0\u05d1@example.com', '\u05d0\u05d1', 'example.com', ''],
    ['l\u00b7l@example.com', 'l\u00b7l', 'example.com', ''],
  ])('%j has its parts', (text, ...parts) => {
    const jid = Jid.parse(text);
    expect([jid.local, jid.domain, jid.resource]).toEqual(parts);
    expect(Jid.parse(String(jid)).equals(jid)).toBe(true);
  });

  it.each([
    ['"juliet"@example.com'],
    ['foo bar@example.com'],
    ['juliet@example.com/'],
    ['@example.com'],
    ['@example.com/foobar'],
    ['henry\u2163@example.com'],
    ['\u265a@example.com'],
    ['juliet@'],
    ['/foobar'],
    [''],
    ['a@b@c'],
    ['a\0b@c'],
    ['a@b/\0'],
    ['a@b/\u200b'],
    ['\u0378@c'],
    ['a@b..c'],
    ['a@.b'],
    ['a@-b'],
    ['a@b c'],
    ['a@xn--a'],
    ['a@[::1'],
    ['a@[fe80::1%eth0]'],
    ['a@b:5222'],
    ['a@b?c'],
    ['a\u05d0@c'],
    ['\u00b7@c'],
    ['\u0660\u06f0@c'],
    [`${'a'.repeat(1024)}@b`],
    [`a@b/${'\u20ac'.repeat(342)}`],
    [`a@${'b'.repeat(64)}.c`],
  ])('%j is none', (text) => {
    expect(() => Jid.parse(text)).toThrow(malformed);
  });

  it('may be 1023 bytes in each part, and says which part is too long', () => {
    expect(Jid.parse(`${'a'.repeat(1023)}@b/${'r'.repeat(1023)}`).local).toHaveLength(1023);
    expect(() => Jid.of({ local: 'a', domain: 'b', resource: 'r'.repeat(1024) })).toThrow(
      /The resource .* longer than 1023 bytes/,
    );
  });

  describe('normalised again is the same', () => {
    /** The text after one and after two normalisations; the same twice where the parts are malformed. */
    const twice = (parts: JidParts): [string | undefined, string | undefined] => {
      const once = attempt(() => Jid.of(parts))?.toString();
      return [once, once === undefined ? undefined : Jid.parse(once).toString()];
    };
    const letters = fc.string({
      unit: fc
        .integer({ min: 0x21, max: 0x1ffff })
        .map((code) => String.fromCodePoint(code))
        .filter((one) => /[\p{L}\p{M}\p{N}\p{S}\p{P}]/u.test(one)),
      minLength: 1,
      maxLength: 6,
    });

    it('for every single character of the basic plane', () => {
      for (let code = 1; code < 0x10000; code++) {
        const character = String.fromCodePoint(code);
        const [once, again] = twice({ local: `a${character}`, domain: 'b' });
        if (once !== again) throw new Error(`U+${code.toString(16)} in a local part: ${once} becomes ${again}`);
        const [resource, resourceAgain] = twice({ domain: 'b', resource: `a${character}` });
        if (resource !== resourceAgain)
          throw new Error(`U+${code.toString(16)} in a resource: ${resource} becomes ${resourceAgain}`);
      }
    });

    it.each(['local', 'domain', 'resource'])('for any %s', (part) => {
      fc.assert(
        fc.property(letters, (text) => {
          const [once, again] = twice({ domain: 'b', [part]: text });
          expect(again).toBe(once);
        }),
        { numRuns: 2_000 },
      );
    });
  });

  it('has a bare form, which is itself where it is bare', () => {
    const full = Jid.parse('a@b/c');
    expect(String(full.bare())).toBe('a@b');
    expect(full.bare().bare()).toBe(full.bare());
    expect(full.isBare).toBe(false);
    expect(full.equals(Jid.of({ local: 'A', domain: 'B', resource: 'c' }))).toBe(true);
  });

  it('is parsed once while it is remembered, and memory of it is bounded', () => {
    const first = Jid.parse('remembered@b');
    expect(Jid.parse('remembered@b')).toBe(first);
    for (let i = 0; i < 5_000; i++) Jid.parse(`other${i}@b`);
    expect(Jid.parse('remembered@b')).not.toBe(first);
  });
});
