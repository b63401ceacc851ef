import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StanzaError } from '../stanza/stanza-error.js';
import type { Wire } from '../stream/wire.fixture.js';
import { xml } from '../xml/element.js';
import { ConnectionWorld } from './connection-world.fixture.js';
import type { PersistentConnection } from './persistent-connection.js';

let world: ConnectionWorld;
let connection: PersistentConnection;
const online = () => world.online();

beforeEach(() => {
  world = new ConnectionWorld();
  ({ connection } = world);
});
afterEach(() => world[Symbol.asyncDispose]());

describe('an IQ request of somebody', () => {
  const ask = async (server: Wire, iq: string) => {
    server.say(iq);
    return (await server.hear(/<iq type='(?:result|error)'.*?<\/iq>/))[0];
  };

  it('is answered by the handler of its payload', async () => {
    const server = await online();
    connection.onIq('get', { name: 'query', xmlns: 'urn:q' }, async () => xml('query', { xmlns: 'urn:q' }, 'yes'));
    expect(await ask(server, "<iq type='get' id='1' from='a@b/c' to='me@localhost'><query xmlns='urn:q'/></iq>")).toBe(
      "<iq type='result' to='a@b/c' from='me@localhost' id='1'><query xmlns='urn:q'>yes</query></iq>",
    );
  });

  it.each([
    ['a StanzaError as it is', () => new StanzaError('forbidden', { text: 'no', appCode: 'NO' }), /forbidden.*no.*NO/],
    ['another error without its text', () => new Error('secret'), /<internal-server-error [^>]*\/><\/error>/],
  ])('is refused with %s', async (_what, error, pattern) => {
    const server = await online();
    connection.onIq('set', { name: 'query', xmlns: 'urn:q' }, () => {
      throw error();
    });
    expect(await ask(server, "<iq type='set' id='1' from='a@b'><query xmlns='urn:q'/></iq>")).toMatch(pattern);
  });

  it('gets an error when the handler returns what cannot be written', async () => {
    const server = await online();
    connection.onIq('get', { name: 'query', xmlns: 'urn:q' }, () => xml('query', { xmlns: 'urn:q' }, '\0'));
    expect(await ask(server, "<iq type='get' id='1' from='a@b'><query xmlns='urn:q'/></iq>")).toContain(
      'internal-server-error',
    );
  });

  it.each([
    ['an unknown payload', "<iq type='get' id='1'><query xmlns='urn:other'/></iq>", 'service-unavailable'],
    [
      'a payload that has a handler for the other type',
      "<iq type='get' id='1'><query xmlns='urn:q'/></iq>",
      'service-unavailable',
    ],
    ['no id', "<iq type='get'><query xmlns='urn:q'/></iq>", 'bad-request'],
    ['an unknown type', "<iq type='put' id='1'><query xmlns='urn:q'/></iq>", 'bad-request'],
    ['no payload', "<iq type='get' id='1'/>", 'bad-request'],
    ['two payloads', "<iq type='get' id='1'><query xmlns='urn:q'/><query xmlns='urn:q'/></iq>", 'bad-request'],
  ])('with %s is refused', async (_what, iq, condition) => {
    const server = await online();
    connection.onIq('set', { name: 'query', xmlns: 'urn:q' }, () => undefined);
    expect(await ask(server, iq)).toContain(`<${condition} `);
  });

  it('of type error or result is never answered', async () => {
    const server = await online();
    server.say("<iq type='error' id='1' from='a@b'/><iq type='result' id='2' from='a@b'/><iq type='get' id='3'/>");
    expect((await server.hear(/<iq [^>]*>/))[0]).toContain("id='3'");
  });

  it('has one handler', () => {
    const register = () => connection.onIq('get', { name: 'query', xmlns: 'urn:q' }, () => undefined);
    const unregister = register();
    expect(register).toThrow('Two handlers');
    unregister();
    expect(register).not.toThrow();
  });
});
