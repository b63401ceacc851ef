import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeLocal, unescapeLocal } from './xep-0106-jid-escaping.js';

describe('JID escaping (XEP-0106)', () => {
  it.each([
    ['space cadet', 'space\\20cadet'],
    [`"quoted"`, '\\22quoted\\22'],
    ["d'artagnan", 'd\\27artagnan'],
    ['at&t guy', 'at\\26t\\20guy'],
    ['/.fanboy', '\\2f.fanboy'],
    ['::foo::', '\\3a\\3afoo\\3a\\3a'],
    ['<foo>', '\\3cfoo\\3e'],
    ['user@host', 'user\\40host'],
  ])('%s is written %s, and read back', (name, local) => {
    expect(escapeLocal(name)).toBe(local);
    expect(unescapeLocal(local)).toBe(name);
  });

  it('escapes a backslash only where it would form an escape', () => {
    expect(escapeLocal('c:\\net')).toBe('c\\3a\\net');
    expect(escapeLocal('c:\\5commas')).toBe('c\\3a\\5c5commas');
    expect(unescapeLocal('c\\3a\\5c5commas')).toBe('c:\\5commas');
  });

  it('gives every name back', () => {
    fc.assert(
      fc.property(
        fc.string().filter((name) => name.trim() === name),
        (name) => expect(unescapeLocal(escapeLocal(name))).toBe(name),
      ),
    );
  });

  it('refuses a name that begins or ends with a space', () => {
    expect(() => escapeLocal(' cadet')).toThrow(TypeError);
    expect(() => escapeLocal('cadet ')).toThrow(TypeError);
  });
});
