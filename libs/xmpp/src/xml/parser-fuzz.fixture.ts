import { HEADER } from './parser-outcome.fixture.js';

/** Numbers that look random and are the same for a seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = 1 + (seed % 2_147_483_646);
  }

  /** 0 to `sides` − 1. */
  roll(sides: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % sides;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!;
  }
}

const NAMES = ['a', 'b-c', 'message', 'été', 'x1', 'p:a', 'p:b', 'q:a', 'xml:a', 'stream:x', 'xmlns'];
const ATTRIBUTES = ['id', 'to', 'xml:lang', 'xmlns', 'xmlns:p', 'xmlns:q', 'p:id', 'q:id', 'p:to', 'xml:id', 'lang'];
const VALUES = [
  'jabber:client',
  'urn:p',
  'u',
  '',
  'é😀',
  'a&amp;b',
  '&#65;&#x1F600;',
  '\t a\r\nb\n',
  'http://www.w3.org/XML/1998/namespace',
  'http://www.w3.org/2000/xmlns/',
  '>]]>',
  '"',
];
const TEXTS = [
  'text',
  ' ',
  '\r\n',
  'Grüße 😀 €',
  '&lt;&gt;&amp;&quot;&apos;',
  '&#x10FFFF;&#10;',
  '<![CDATA[<x>&]]>',
  '<![CDATA[]]]]><![CDATA[>]]>',
  '<![CDATA[a\rb]]>',
  ']]',
  '{"a":[1,2],"b":"x"}'.repeat(8),
  'é'.repeat(80),
];
/** What breaks documents, and what only seems to. */
const SPLINTERS = [
  '<', '>', '&', ';', "'", '"', '/', '=', ' ', ':', '!', '?', '[', ']', ']]>', '</', '/>', '<!', '<?', '<!--', '-->',
  '<!DOCTYPE a>', '<![CDATA[', '&#0;', '&#xD800;', '&#xFFFF;', '&nbsp;', '&#', '&x', '\0', '\u0001', '\u007f', '\u0085',
  '\ufffe', '\uffff', '\ufeff', '\u2028', '·', '0', '-', 'xmlns=', "xmlns:p=''", "p:id='1'", '<a', '</a>', '<?xml version="1.0"?>',
]; // prettier-ignore

/** A document that is nearly one: a header, stanzas, and now and then something broken in it. */
export function nearlyADocument(dice: Dice): Buffer {
  let text = HEADER;
  for (let left = 1 + dice.roll(3); left > 0; left--) text += element(dice, 3) + dice.pick(['', '', ' ', '\n']);
  if (dice.roll(3) > 0) text += '</stream:stream>';
  const bytes = Buffer.from(text);
  return dice.roll(3) === 0 ? bytes : broken(bytes, dice);
}

function element(dice: Dice, depth: number): string {
  const name = dice.pick(NAMES);
  const quote = dice.pick(["'", '"']);
  let tag = `<${name}`;
  // Prefixes are mostly declared, or hardly anything would be well-formed.
  if (dice.roll(4) > 0) tag += " xmlns:p='urn:p' xmlns:q='urn:q'";
  for (let left = dice.roll(4); left > 0; left--) {
    const value = dice.pick(VALUES).replaceAll(quote, '');
    tag += `${dice.pick([' ', '  ', '\n'])}${dice.pick(ATTRIBUTES)}${dice.pick(['=', '=', ' = '])}${quote}${value}${quote}`;
  }
  if (dice.roll(4) === 0) return `${tag}/>`;
  let content = '';
  for (let left = dice.roll(4); left > 0; left--) {
    content += depth > 0 && dice.roll(2) === 0 ? element(dice, depth - 1) : dice.pick(TEXTS);
  }
  return `${tag}>${content}</${name}${dice.pick(['', '', ' '])}>`;
}

function broken(bytes: Buffer, dice: Dice): Buffer {
  let result = bytes;
  for (let left = 1 + dice.roll(3); left > 0; left--) {
    const at = HEADER.length + dice.roll(Math.max(1, result.length - HEADER.length));
    const cut = at + dice.pick([0, 0, 1, 1, 5]);
    const splinter = dice.roll(8) === 0 ? Buffer.from([dice.roll(256)]) : Buffer.from(dice.pick(['', ...SPLINTERS]));
    result = Buffer.concat([result.subarray(0, at), splinter, result.subarray(cut)]);
  }
  return result;
}

/** Places to cut the bytes at. */
export function cuts(bytes: Buffer, dice: Dice): number[] {
  if (dice.roll(4) === 0) return Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
  return Array.from({ length: dice.roll(12) }, () => dice.roll(bytes.length));
}
