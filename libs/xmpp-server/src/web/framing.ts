import { NS_CLIENT } from '@nestanza/xmpp';
import { parseElement } from '@nestanza/xmpp/internal';

const NS_STREAMS = 'http://etherx.jabber.org/streams';
/** RFC 7395 §3.3. */
const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';

/** One message in: a stream header for `<open/>`, an end tag for `<close/>` (RFC 7395 §3.3.2, §3.6), else as it is. */
export function fromFrame(text: string): string {
  if (!/^\s*<(open|close)[\s/>]/.test(text)) return text;
  const frame = parseElement(text);
  if (frame.is('close', FRAMING)) return '</stream:stream>';
  if (!frame.is('open', FRAMING)) return text;
  const attributes = Object.entries(frame.attributes).map(([name, value]) => ` ${name}='${escaped(value)}'`);
  return `<stream:stream xmlns='${NS_CLIENT}' xmlns:stream='${NS_STREAMS}'${attributes.join('')}>`;
}

/**
 * The messages that carry a piece of a stream: whole elements, as our serializer writes them, each with its namespaces
 * declared (§3.3.3), headers as `<open/>`, the end tag as `<close/>`.
 */
export function toFrames(text: string): string[] {
  const frames: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const end = endOfTag(text, at);
    const tag = text.slice(at, end);
    at = end;
    if (tag.startsWith('<?')) continue;
    if (depth === 0) start = end - tag.length;
    if (depth === 0 && tag.startsWith('<stream:stream')) frames.push(openFrame(tag));
    else if (depth === 0 && tag.startsWith('</')) frames.push(`<close xmlns='${FRAMING}'/>`);
    else {
      if (tag.startsWith('</')) depth -= 1;
      else if (!tag.endsWith('/>')) depth += 1;
      if (depth === 0) frames.push(declared(text.slice(start, end)));
    }
  }
  return frames;
}

/** The place after the tag's `>`; one inside an attribute's value is none. */
function endOfTag(text: string, start: number): number {
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '>') return at + 1;
  }
  return text.length;
}

function openFrame(header: string): string {
  const attributes = header.slice('<stream:stream'.length, -1).replaceAll(/ xmlns(:stream)?='[^']*'/g, '');
  return `<open xmlns='${FRAMING}'${attributes}/>`;
}

/** The element, declaring what the stream's header declares on TCP. */
function declared(element: string): string {
  const tag = element.slice(0, endOfTag(element, 0));
  const name = /^<[^\s/>]+/.exec(tag)![0];
  const isStream = name.startsWith('<stream:');
  if (!isStream && / xmlns='/.test(tag)) return element;
  const declaration = isStream ? ` xmlns:stream='${NS_STREAMS}'` : ` xmlns='${NS_CLIENT}'`;
  return name + declaration + element.slice(name.length);
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
}
