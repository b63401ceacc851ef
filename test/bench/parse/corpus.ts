export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
  "from='example.org' id='++TR84Sm6A3hnt3Q065SnAbbk3Y=' version='1.0' xml:lang='en'>";

/** Stanzas of a document: enough that a parser is well under way. */
const STANZAS = 2_000;

export interface CorpusOptions {
  /** Bytes of a stanza, or a little more. */
  readonly size: number;
  /** `mixed`: names of products with letters beyond ASCII. */
  readonly text: 'ascii' | 'mixed';
  /** Bytes of a read; `random`: 1 to 8,192. */
  readonly chunk: number | 'random';
}

/** Events as a PubSub service hands them on (XEP-0060 §7.1.2.1): a CloudEvent of an order in a JSON container. */
export function corpus({ size, text }: CorpusOptions): string[] {
  const product = text === 'ascii' ? 'Green tea, loose' : 'Grüner Tee, lose – schön';
  return Array.from({ length: STANZAS }, (_, index) => {
    const id = `01987a3e-4d3c-7c55-9d2e-${index.toString(16).padStart(12, '0')}`;
    const lines: object[] = [];
    for (;;) {
      lines.push({ sku: `TEA-${lines.length}`, product, quantity: 1 + (lines.length % 5), price: '4.90' });
      const stanza = event(id, { orderId: `o-${index}`, customer: 'alice@example.org', lines });
      if (Buffer.byteLength(stanza) >= size) return stanza;
    }
  });
}

function event(id: string, data: object): string {
  const cloudEvent = {
    specversion: '1.0',
    id,
    source: 'xmpp:orders@example.org',
    type: 'order.placed.v1',
    time: '2026-11-24T08:41:00.000Z',
    data,
  };
  return (
    `<message from='pubsub.example.org' to='inventory@example.org/eu-2' id='${id}' type='headline'>` +
    `<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='orders/placed'>` +
    `<item id='${id}' publisher='orders@example.org'>` +
    `<json xmlns='urn:xmpp:json:0'>${JSON.stringify(cloudEvent)}</json></item></items></event>` +
    `<stanza-id xmlns='urn:xmpp:sid:0' by='inventory@example.org' id='${id}'/></message>`
  );
}

/** The document in reads. Random ones are the same at every call. */
export function split(document: string, chunk: CorpusOptions['chunk']): Buffer[] {
  const bytes = Buffer.from(document);
  const chunks: Buffer[] = [];
  let state = 1;
  for (let at = 0; at < bytes.length;) {
    state = (state * 48_271) % 2_147_483_647;
    const end = at + (chunk === 'random' ? 1 + (state % 8_192) : chunk);
    chunks.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return chunks;
}
