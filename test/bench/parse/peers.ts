import { Element } from 'ltx';
import LtxParser from 'ltx/src/parsers/ltx.js';
import { SaxesParser } from 'saxes';

/** Reads a whole document, and answers how many stanzas it held. */
export type Reader = (chunks: readonly Buffer[]) => number;

/** As @xmpp/xml 0.14 uses ltx: a tree of every stanza. */
export const readByLtx: Reader = (chunks) => {
  let seen = 0;
  let root: Element | undefined;
  let cursor: Element | undefined;
  const parser = new LtxParser();
  parser.on('startElement', (name: string, attributes: Record<string, string>) => {
    const element = new Element(name, attributes);
    if (root === undefined) root = element;
    else if (cursor !== root) cursor?.append(element);
    cursor = element;
  });
  parser.on('endElement', () => {
    if (cursor === undefined || cursor === root) return;
    if (cursor.parent === null) seen++;
    cursor = cursor.parent ?? root;
  });
  parser.on('text', (text: string) => {
    if (cursor !== root) cursor?.t(text);
  });
  for (const chunk of chunks) parser.write(chunk);
  return seen;
};

/** Events only, with namespaces resolved. */
export const readBySaxes: Reader = (chunks) => {
  let seen = 0;
  let depth = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', () => depth++);
  parser.on('closetag', () => {
    if (--depth === 1) seen++;
  });
  parser.on('text', () => undefined);
  for (const chunk of chunks) parser.write(decoder.decode(chunk, { stream: true }));
  return seen;
};
