import { type Element } from '@nestanza/xmpp';
import { STANZA_LIMITS, XmlScanner } from '@nestanza/xmpp/internal';
import { corpus, HEADER, split, type CorpusOptions } from './parse/corpus.js';
import { readByLtx, readBySaxes, type Reader } from './parse/peers.js';
import type { Contender, Group, Scenario } from './scenario.js';

const NS_EVENT = 'http://jabber.org/protocol/pubsub#event';

/** Validates and writes the tape; nobody reads the elements. */
const scan: Reader = (chunks) => scanned(chunks, () => undefined);

/** Reads what a consumer of messages reads: the attributes, and the text of the body. */
const scanAndRead: Reader = (chunks) =>
  scanned(chunks, (stanza) => {
    const items = stanza.child('event', NS_EVENT)?.child('items');
    const body = items?.child('item')?.child('json', 'urn:xmpp:json:0')?.text;
    if (stanza.attr('id') === undefined || body === undefined) throw new Error('A stanza was read wrong.');
  });

function scanned(chunks: readonly Buffer[], read: (stanza: Element) => void): number {
  let seen = 0;
  const events = {
    onHeader: () => undefined,
    onElement(stanza: Element) {
      seen++;
      read(stanza);
    },
    onEnd: () => undefined,
  };
  const parser = new XmlScanner(events, () => STANZA_LIMITS);
  for (const chunk of chunks) parser.write(chunk);
  return seen;
}

function contender(name: string, read: Reader, options: CorpusOptions): Contender {
  return {
    name,
    open() {
      const stanzas = corpus(options);
      const chunks = [Buffer.from(HEADER), ...split(stanzas.join(''), options.chunk)];
      return Promise.resolve({
        work(milliseconds) {
          let operations = 0;
          const end = performance.now() + milliseconds;
          do {
            const seen = read(chunks);
            if (seen !== stanzas.length) throw new Error(`${name} saw ${seen} of ${stanzas.length} stanzas.`);
            operations += seen;
          } while (performance.now() < end);
          return Promise.resolve({ operations });
        },
        close: () => Promise.resolve(),
      });
    },
  };
}

function group(name: string, options: CorpusOptions, ours: Reader = scan): Group {
  return {
    concurrency: 1,
    ours: [contender(name, ours, options)],
    peers: [contender('ltx', readByLtx, options), contender('saxes', readBySaxes, options)],
  };
}

export const scenario: Scenario = {
  groups: [
    group('ascii, 1 KB', { size: 1_024, text: 'ascii', chunk: 65_536 }),
    group('mixed, 1 KB', { size: 1_024, text: 'mixed', chunk: 65_536 }),
    group('ascii, 1 KB, read', { size: 1_024, text: 'ascii', chunk: 65_536 }, scanAndRead),
    group('ascii, 1 KB, random reads', { size: 1_024, text: 'ascii', chunk: 'random' }),
    group('ascii, 10 KB, random reads', { size: 10_240, text: 'ascii', chunk: 'random' }),
  ],
};
