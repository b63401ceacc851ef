import { describe, expect, it } from '@jest/globals';
import { fromFrame, toFrames } from './framing.js';

const FRAMING = "xmlns='urn:ietf:params:xml:ns:xmpp-framing'";
const STREAM = "xmlns:stream='http://etherx.jabber.org/streams'";

describe('XMPP framing for WebSocket (RFC 7395)', () => {
  it('opens and closes streams by elements of their own', () => {
    expect(fromFrame(`<open ${FRAMING} to='a&amp;b' version='1.0' xml:lang='de'/>`)).toBe(
      `<stream:stream xmlns='jabber:client' ${STREAM} to='a&amp;b' version='1.0' xml:lang='de'>`,
    );
    expect(fromFrame(`<close ${FRAMING}/>`)).toBe('</stream:stream>');
    expect(
      toFrames(
        `<?xml version='1.0'?><stream:stream xmlns='jabber:client' ${STREAM} from='localhost' id='1>2' version='1.0'>`,
      ),
    ).toEqual([`<open ${FRAMING} from='localhost' id='1>2' version='1.0'/>`]);
    expect(toFrames('</stream:stream>')).toEqual([`<close ${FRAMING}/>`]);
  });

  it('gives each element a message of its own, with its namespaces', () => {
    expect(
      toFrames(
        `<message to='a>b'><body>1 &lt; 2</body><x xmlns='urn:x'/></message><presence/><r xmlns='urn:xmpp:sm:3'/>`,
      ),
    ).toEqual([
      `<message xmlns='jabber:client' to='a>b'><body>1 &lt; 2</body><x xmlns='urn:x'/></message>`,
      `<presence xmlns='jabber:client'/>`,
      `<r xmlns='urn:xmpp:sm:3'/>`,
    ]);
    expect(toFrames(`<stream:features><bind xmlns='urn:b'/></stream:features></stream:stream>`)).toEqual([
      `<stream:features ${STREAM}><bind xmlns='urn:b'/></stream:features>`,
      `<close ${FRAMING}/>`,
    ]);
  });

  it('passes everything else on for the parser to judge', () => {
    for (const text of ['<message/>', '<opening/>', '</stream:stream>', 'x']) expect(fromFrame(text)).toBe(text);
  });
});
