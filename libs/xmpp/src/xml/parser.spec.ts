import { describe, expect, it } from '@jest/globals';
import { hasCode } from '@nestanza/core';
import fc from 'fast-check';
import { Element, xml, type Node } from './element.js';
import { STANZA_LIMITS, type XmlLimits } from './limits.js';
import { describeNode, HEADER, parseWith, type Outcome } from './parser-outcome.fixture.js';
import { XmlScanner } from './scanner.js';
import { serialize } from './serializer.js';

function parse(chunks: readonly (string | Uint8Array)[], limits?: XmlLimits): Outcome {
  return parseWith(XmlScanner, chunks, { limits });
}

/** What the stanza becomes after a header. */
function stanza(text: string | Uint8Array): Outcome {
  const { events, error } = parse([HEADER, text]);
  return { events: events.slice(1), error };
}

describe('the parser', () => {
  it('reports the header, each element below it, and the end', () => {
    const { events, error } = parse([HEADER, "<a x='1'><b xmlns='urn:b'>t</b></a> \n<c/></stream:stream>"]);
    expect(error).toBeUndefined();
    expect(events).toEqual([
      'header {http://etherx.jabber.org/streams}stream(to="a.test" version="1.0")[] jabber:client',
      '{jabber:client}a(x="1")[{urn:b}b()["t"]]',
      '{jabber:client}c()[]',
      'end',
    ]);
  });

  it.each([
    ['CDATA and references as one text', '<a>x<![CDATA[<y>]]>&amp;&#x7a;</a>', '{jabber:client}a()["x<y>&z"]'],
    ['a prefixed stanza', "<c:message xmlns:c='jabber:client'/>", '{jabber:client}message()[]'],
    [
      'xml:lang, and no other prefixed attribute',
      "<a xml:lang='de' p:q='1' xmlns:p='urn:p'/>",
      '{jabber:client}a(xml:lang="de")[]',
    ],
    ['__proto__ as an attribute like any other', "<a __proto__='1'/>", '{jabber:client}a(__proto__="1")[]'],
    ['characters beyond the BMP', '<a>😀𝄞</a>', '{jabber:client}a()["😀𝄞"]'],
  ])('reads %s', (_what, text, expected) => {
    expect(stanza(text)).toEqual({ events: [expected], error: undefined });
  });

  it.each([
    ['a comment', '<a>x<!-- c -->y</a>', 'restricted-xml'],
    ['a comment between stanzas', '<!-- c -->', 'restricted-xml'],
    ['a processing instruction', '<a><?php x?></a>', 'restricted-xml'],
    ['a document type after the header', '<!DOCTYPE a>', 'restricted-xml'],
    ['an unknown entity', '<a>&nbsp;</a>', 'not-well-formed'],
    ['NUL by reference', '<a>&#0;</a>', 'not-well-formed'],
    ['a surrogate by reference', '<a>&#xD800;</a>', 'not-well-formed'],
    ['U+FFFF by reference', '<a>&#xFFFF;</a>', 'not-well-formed'],
    ['NUL', '<a>\0</a>', 'not-well-formed'],
    ['U+0001', '<a>\u0001</a>', 'not-well-formed'],
    ['U+FFFF', '<a>\uffff</a>', 'not-well-formed'],
    ['overlong NUL', Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0x80]), 'not-well-formed'],
    ['CESU-8', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]), 'not-well-formed'],
    ['a bad byte within a name', Buffer.from([0x3c, 0x61, 0xff, 0x3e]), 'not-well-formed'],
    ['an unbound prefix', '<p:a/>', 'not-well-formed'],
    ['an unbound attribute prefix', "<a p:b='1'/>", 'not-well-formed'],
    ['an attribute twice', "<a b='1' b='2'/>", 'not-well-formed'],
    ['an attribute twice by namespace', "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", 'not-well-formed'],
    ['the wrong end tag', '<a></b>', 'not-well-formed'],
    [']]> in text', '<a>]]></a>', 'not-well-formed'],
    ['< in an attribute', "<a b='<'/>", 'not-well-formed'],
    ['an attribute without quotes', '<a b=1/>', 'not-well-formed'],
    ['a second XML declaration', "<?xml version='1.0'?>", 'not-well-formed'],
    ['text between stanzas', 'hello <a/>', 'bad-format'],
  ])('refuses %s', (_what, text, condition) => {
    expect(stanza(text).error).toBe(condition);
  });

  it.each([
    ['a document type before the root', "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", 'restricted-xml'],
    ['an encoding other than UTF-8', "<?xml version='1.0' encoding='UTF-16'?><a/>", 'unsupported-encoding'],
    ['another protocol', 'GET / HTTP/1.1\r\n\r\n', 'not-well-formed'],
    ['a prefix with a space in its namespace name bound twice', "<a xmlns:p='x' xmlns:p='y'/>", 'not-well-formed'],
  ])('refuses %s', (_what, text, condition) => {
    expect(parse([text]).error).toBe(condition);
  });

  describe('bounds', () => {
    const limits: XmlLimits = { bytes: 200, depth: 3, attributes: 4, elements: 5 };
    const bounded = (...chunks: string[]) => parse([HEADER, ...chunks], limits);

    it.each([
      ['bytes of an unfinished element', `<a>${'x'.repeat(200)}`],
      ['bytes of an unfinished tag', `<a b='${'x'.repeat(200)}`],
      ['bytes counted in UTF-8', `<a>${'€'.repeat(66)}`],
      ['depth', '<a><b><c><d/></c></b></a>'],
      ['attributes', "<a a='' b='' c='' d='' e=''/>"],
      ['namespace declarations', "<a xmlns:a='1' xmlns:b='1' xmlns:c='1' xmlns:d='1' xmlns:e='1'/>"],
      ['elements of a stanza', '<a><b/><b/><b/><b/><b/></a>'],
    ])('hold for %s', (_what, text) => {
      expect(bounded(text).error).toBe('policy-violation');
      expect(bounded(...text).error).toBe('policy-violation');
    });

    it('let any number of small stanzas pass, and keepalive spaces between them', () => {
      expect(bounded('<a>xxxxxxxxxx</a>\n'.repeat(1_000)).error).toBeUndefined();
      expect(bounded(...Array.from({ length: 1_000 }, () => ' ')).error).toBeUndefined();
    });

    it('count an element from its own first byte, wherever the chunks end', () => {
      const element = `<a>${'x'.repeat(190)}</a>`;
      expect(element).toHaveLength(197);
      expect(bounded('<b/>'.repeat(10) + element + element).error).toBeUndefined();
    });
  });

  it('drops what follows in the same chunk once stopped, faults included', () => {
    const seen: string[] = [];
    const parser: XmlScanner = new XmlScanner(
      {
        onHeader: () => undefined,
        onElement: (element) => {
          seen.push(element.name);
          parser.stop();
        },
        onEnd: () => seen.push('end'),
      },
      () => STANZA_LIMITS,
    );
    parser.write(Buffer.from(`${HEADER}<starttls/><message/><!-- --><broken></stream:stream>`));
    expect(seen).toEqual(['starttls']);
  });

  it('gives the same events however the bytes are split', () => {
    const document = Buffer.from(
      `${HEADER}<message to='ä@b'><body>Grüße 😀 &lt;&#x1F600;</body><x xmlns='urn:x'><![CDATA[]]]]><![CDATA[>]]></x></message>\r\n <iq/></stream:stream>`,
    );
    const whole = parse([document]);
    expect(whole.error).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.nat(document.length), { maxLength: 40 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), document.length];
        expect(parse(edges.slice(1).map((end, i) => document.subarray(edges[i], end)))).toEqual(whole);
      }),
    );
    expect(parse([...document].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });
});

function isSerializable(text: string): boolean {
  try {
    return serialize(xml('a', { xmlns: 'u' }, text)) !== '';
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_CHARACTER')) return false;
    throw error;
  }
}

describe('serialised and parsed again', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isSerializable);
  const { node } = fc.letrec<{ node: Element }>((tie) => ({
    node: fc
      .record({
        name: fc.constantFrom('a', 'b-c', 'été'),
        xmlns: fc.constantFrom('jabber:client', 'urn:x', "urn:'<&>"),
        attributes: fc.dictionary(fc.constantFrom('id', 'xml:lang', 'to'), text, { maxKeys: 3 }),
        children: fc.array(fc.oneof({ maxDepth: 3, depthIdentifier: 'node' }, text, tie('node')), { maxLength: 3 }),
      })
      .map(({ name, xmlns, attributes, children }) => new Element(name, xmlns, { attributes, children })),
  }));

  it('an element is itself', () => {
    fc.assert(
      fc.property(node, (element) => {
        // Neighbouring texts are one text in XML.
        const { events, error } = parse([HEADER, serialize(element, 'jabber:client')]);
        expect(error).toBeUndefined();
        expect(events[1]).toBe(describeNode(merged(element)));
      }),
    );
  });

  function merged(element: Element): Element {
    const children: Node[] = [];
    for (const child of element.children) {
      const last = children.at(-1);
      if (typeof child !== 'string') children.push(merged(child));
      else if (typeof last === 'string') children[children.length - 1] = last + child;
      else children.push(child);
    }
    return new Element(element.name, element.xmlns, { attributes: element.attributes, children });
  }

  it('line ends and quotes survive in text and attributes', () => {
    const element = xml('a', { xmlns: 'jabber:client', b: '\r\n\t"\'' }, '\r\n\t"\'>]]>');
    expect(stanza(serialize(element, 'jabber:client')).events).toEqual([describeNode(element)]);
  });
});

describe('the serializer', () => {
  it('declares a namespace where it changes, and gives stream elements their prefix', () => {
    const features = xml(
      'features',
      { xmlns: 'http://etherx.jabber.org/streams' },
      xml('bind', { xmlns: 'urn:b' }, xml('c')),
    );
    expect(serialize(features, 'jabber:client')).toBe(
      "<stream:features><bind xmlns='urn:b'><c/></bind></stream:features>",
    );
  });

  it.each(['\0', '\u0008', '\ufffe', '\ud800', 'a\udc00b'])('refuses the character of %j', (text) => {
    expect(() => serialize(xml('a', { xmlns: 'u' }, text))).toThrow(
      expect.objectContaining({ code: 'NST_XMPP_CHARACTER' }),
    );
    expect(() => serialize(xml('a', { xmlns: 'u', b: text }))).toThrow(
      expect.objectContaining({ code: 'NST_XMPP_CHARACTER' }),
    );
  });

  it.each(['a b', 'a><b', '', '1a', 'a:b'])('refuses %j as a name', (name) => {
    expect(() => serialize(xml(name, { xmlns: 'u' }))).toThrow(expect.objectContaining({ code: 'NST_XMPP_NAME' }));
    expect(() => serialize(new Element('a', 'u', { attributes: { [name]: '1' } }))).toThrow(
      expect.objectContaining({ code: 'NST_XMPP_NAME' }),
    );
  });

  it('takes no namespace declaration from an attribute', () => {
    expect(() => serialize(new Element('a', 'u', { attributes: { xmlns: 'v' } }))).toThrow(
      expect.objectContaining({ code: 'NST_XMPP_NAME' }),
    );
  });
});
