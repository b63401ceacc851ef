import { NestanzaError } from '@nestanza/core';
import { codePoint } from '../code-point.js';
import { NS_STREAMS } from '../namespaces.js';
import { type Element } from './element.js';
import { isName } from './name.js';

/** XML 1.0 §2.2: what may never appear, escaped or not. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
/** Anything that needs a look before it is written as text: markup, CR (a parser would read it as LF), forbidden. */
// eslint-disable-next-line no-control-regex
const SPECIAL_TEXT = /[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/;
// eslint-disable-next-line no-control-regex
const SPECIAL_ATTRIBUTE = /[&<>"'\u0000-\u001f\ufffe\uffff\ud800-\udfff]/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
  '\n': '&#xA;',
  '\t': '&#x9;',
};

function refuse(text: string): never {
  const offset = text.search(FORBIDDEN);
  const character = codePoint(text.charAt(offset));
  throw new NestanzaError(
    'NST_XMPP_CHARACTER',
    `${character} at offset ${offset} cannot be sent: XML does not allow it.`,
    {
      facts: { character, offset },
    },
  );
}

function escapeText(text: string): string {
  if (!SPECIAL_TEXT.test(text)) return text;
  if (FORBIDDEN.test(text)) refuse(text);
  return text.replace(/[&<>\r]/g, (character) => ENTITIES[character]!);
}

function escapeAttribute(value: string): string {
  if (!SPECIAL_ATTRIBUTE.test(value)) return value;
  if (FORBIDDEN.test(value)) refuse(value);
  return value.replace(/[&<>"'\r\n\t]/g, (character) => ENTITIES[character]!);
}

function checkedName(name: string): string {
  if (isName(name)) return name;
  throw new NestanzaError('NST_XMPP_NAME', `"${name}" cannot name an element or attribute.`, { facts: { name } });
}

/** `xmlns` is a declaration and written from the element's namespace alone; `xml:lang` is the one prefixed attribute. */
function checkedAttribute(name: string): string {
  return name === 'xml:lang' ? name : checkedName(name === 'xmlns' ? '' : name);
}

/**
 * The start tag, without its end, of an element inside `scope`, the default namespace in force there. Elements of the
 * stream namespace carry the prefix `stream`, which every stream header declares.
 */
export function startTag(element: Element, scope: string): string {
  const prefixed = element.xmlns === NS_STREAMS;
  let text = prefixed ? `<stream:${checkedName(element.name)}` : `<${checkedName(element.name)}`;
  if (!prefixed && element.xmlns !== scope) text += ` xmlns='${escapeAttribute(element.xmlns)}'`;
  const pairs = element.attributePairs;
  for (let at = 0; at < pairs.length; at += 2) {
    text += ` ${checkedAttribute(pairs[at]!)}='${escapeAttribute(pairs[at + 1]!)}'`;
  }
  return text;
}

/**
 * The element as XML inside `scope`, the default namespace in force there (empty at the start of a document).
 * @throws NestanzaError `NST_XMPP_CHARACTER` for characters that XML does not allow, `NST_XMPP_NAME` for an impossible
 * element or attribute name
 */
export function serialize(element: Element, scope = ''): string {
  let text = startTag(element, scope);
  if (element.children.length === 0) return `${text}/>`;
  const inside = element.xmlns === NS_STREAMS ? scope : element.xmlns;
  text += '>';
  for (const child of element.children) {
    text += typeof child === 'string' ? escapeText(child) : serialize(child, inside);
  }
  return `${text}</${element.xmlns === NS_STREAMS ? 'stream:' : ''}${element.name}>`;
}
