import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { iqGet, iqSet } from '../stanza/iq.js';
import type { VirtualClock } from '../virtual-clock.fixture.js';
import { xml } from '../xml/element.js';
import { ConnectionWorld, requestId } from './connection-world.fixture.js';
import type { PersistentConnection } from './persistent-connection.js';

const query = xml('query', { xmlns: 'urn:q' });

let world: ConnectionWorld;
let connection: PersistentConnection;
let clock: VirtualClock;
const online = () => world.online();

beforeEach(() => {
  world = new ConnectionWorld();
  ({ connection, clock } = world);
});
afterEach(() => world[Symbol.asyncDispose]());

describe('a request', () => {
  it('is answered by the result of its id from the address asked', async () => {
    const server = await online();
    const answer = connection.request(iqGet({ to: 'a@b' }, query));
    server.say(`<iq type='result' id='${await requestId(server)}' from='a@b'><query xmlns='urn:q'>x</query></iq>`);
    expect((await answer).childText('query', 'urn:q')).toBe('x');
  });

  it('rejects with the error it is answered with', async () => {
    const server = await online();
    const answer = connection.request(iqSet({ to: 'a@b' }, query));
    server.say(
      `<iq type='error' id='${await requestId(server)}' from='a@b'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>full</text><code xmlns='urn:nestanza:errors:1'>FULL</code></error></iq>`,
    );
    await expect(answer).rejects.toMatchObject({
      name: 'StanzaError',
      condition: 'resource-constraint',
      type: 'wait',
      text: 'full',
      appCode: 'FULL',
      retryable: true,
    });
  });

  it.each([
    ['a@b/c', "from='a@b'"],
    ['a@b', "from='a@b/c'"],
    ['a@b', "from='evil@x'"],
    ['a@b', ''],
    [undefined, "from='evil@x'"],
    [undefined, "from='localhost.evil'"],
    ['a@b', "from='@@'"],
  ])('to %j is not answered by %j', async (to, from) => {
    const server = await online();
    const answer = connection.request(iqGet({ to }, query), { timeout: '5s' });
    server.say(`<iq type='result' id='${await requestId(server)}' ${from}/><message/>`);
    await new Promise<void>((resolve) => connection.onStanza(() => resolve()));
    clock.advance(5_000);
    await expect(answer).rejects.toMatchObject({ code: 'NST_XMPP_TIMEOUT', retryable: true });
  });

  it.each([
    [undefined, ''],
    [undefined, "from='me@localhost'"],
    [undefined, "from='me@localhost/desk'"],
    [undefined, "from='localhost'"],
    ['localhost', ''],
    ['me@localhost', ''],
    ['A@B', "from='a@b'"],
  ])('to %j is answered by %j', async (to, from) => {
    const server = await online();
    const answer = connection.request(iqGet({ to }, query));
    server.say(`<iq type='result' id='${await requestId(server)}' ${from}/>`);
    await expect(answer).resolves.toBeDefined();
  });

  it('fails while there is no stream', async () => {
    await expect(connection.request(iqGet({}, query))).rejects.toMatchObject({
      code: 'NST_XMPP_OFFLINE',
      retryable: true,
    });
  });

  it('fails when the stream is lost', async () => {
    const server = await online();
    const answer = connection.request(iqGet({}, query));
    await requestId(server);
    server.hangUp();
    await expect(answer).rejects.toMatchObject({ code: 'NST_XMPP_DISCONNECTED', retryable: true });
  });

  it('ends with the reason of its signal', async () => {
    await online();
    const controller = new AbortController();
    const answer = connection.request(iqGet({}, query), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });

  it('keeps its id while another of that id waits', async () => {
    await online();
    const first = connection.request(iqGet({ id: 'x' }, query), { timeout: 1 });
    await expect(connection.request(iqGet({ id: 'x' }, query))).rejects.toMatchObject({ code: 'NST_XMPP_REQUEST_ID' });
    clock.advance(1);
    await expect(first).rejects.toMatchObject({ code: 'NST_XMPP_TIMEOUT' });
  });
});
