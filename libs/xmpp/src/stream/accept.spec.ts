import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { Jid } from '../jid.js';
import { ScramClient, type ScramClientOptions } from '../sasl/scram-client.js';
import { StanzaError } from '../stanza/stanza-error.js';
import { VirtualClock } from '../virtual-clock.fixture.js';
import { xml } from '../xml/element.js';
import { acceptStream, type AcceptedStream, type AcceptOptions } from './accept.js';
import { acceptOptions, certificate } from './accounts.fixture.js';
import { duplexPair } from './duplex-pair.js';
import { StreamError } from './stream-error.js';
import { header, Wire } from './wire.fixture.js';

interface Dialogue {
  readonly client: Wire;
  readonly accepted: Promise<AcceptedStream>;
}

/** A raw client before a server inside this process; `tls` in the changes makes it demand STARTTLS. */
function dialogue(changes: Partial<AcceptOptions> = {}): Dialogue {
  const [client, server] = duplexPair();
  const accepted = acceptStream(server, { ...acceptOptions, tls: 'unneeded', ...changes });
  accepted.catch(() => undefined);
  return { client: new Wire(client), accepted };
}

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const auth = (mechanism: string, data: string | Uint8Array) =>
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='${mechanism}'>${base64(data)}</auth>`;
const response = (data: Uint8Array) => `<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${base64(data)}</response>`;
const bindRequest = (resource: string) =>
  `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`;

/** Logs in, and returns the features offered after that. */
async function login(client: Wire, credentials: Partial<ScramClientOptions> = {}): Promise<string> {
  const scram = new ScramClient({ hash: 'SHA-256', username: 'alice', password: 'wonderland', ...credentials });
  client.say(header());
  await client.hear(/<\/stream:features>/);
  client.say(auth(scram.name, scram.initial()));
  const [, challenge = ''] = await client.hear(/<challenge[^>]*>([^<]*)<\/challenge>/);
  client.say(response(await scram.respond(Buffer.from(challenge, 'base64'))));
  const [, success = ''] = await client.hear(/<success[^>]*>([^<]*)<\/success>/);
  scram.verify(Buffer.from(success, 'base64'));
  client.say(header());
  return (await client.hear(/<stream:features>.*<\/stream:features>/))[0];
}

describe('a stream header', () => {
  it.each([
    ['for an unknown host', header("to='elsewhere.test' version='1.0'"), 'host-unknown'],
    ['for an account', header("to='a@localhost' version='1.0'"), 'host-unknown'],
    ['for a malformed host', header("to='a b' version='1.0'"), 'host-unknown'],
    ['for no host', header("version='1.0'"), 'improper-addressing'],
    ['without version', header("to='localhost'"), 'unsupported-version'],
    ['of version 0.9', header("to='localhost' version='0.9'"), 'unsupported-version'],
    ['of another stream namespace', "<s xmlns='urn:x'>", 'invalid-namespace'],
    ['of another content namespace', header("to='localhost' version='1.0'", 'jabber:server'), 'invalid-namespace'],
    ['of another protocol', 'GET / HTTP/1.1\r\n', 'not-well-formed'],
    ['larger than 10,000 bytes', header(`to='localhost' id='${'x'.repeat(10_000)}'`), 'policy-violation'],
  ])('%s is answered inside a stream, by %s', async (_what, text, condition) => {
    const { client, accepted } = dialogue();
    client.say(text);
    await client.hear(/<stream:stream [^>]*id='[^']{16,}'[^>]*>/);
    expect(await client.hearAll()).toContain(
      `<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>`.replace('/>', ''),
    );
    await expect(accepted).rejects.toMatchObject({ condition });
  });

  it('may use any prefix, and name the host in any case', async () => {
    const { client } = dialogue();
    client.say(
      "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:client' to='LOCALHOST' version='1.0'>",
    );
    await client.hear(/from='localhost'/);
    await client.hear(/<stream:features>/);
  });
});

describe('before authentication', () => {
  it('a stanza ends the stream', async () => {
    const { client, accepted } = dialogue();
    client.say(`${header()}<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>`);
    expect(await client.hearAll()).toContain('<not-authorized');
    await expect(accepted).rejects.toMatchObject({ condition: 'not-authorized' });
  });

  it('nothing but STARTTLS is offered or taken where TLS is demanded', async () => {
    const { client } = dialogue({ tls: acceptOptions.tls });
    client.say(header());
    expect((await client.hear(/<stream:features>(.*)<\/stream:features>/))[1]).toBe(
      "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>",
    );
    client.say(auth('PLAIN', '\0alice\0wonderland'));
    expect(await client.hearAll()).toContain('<not-authorized');
  });

  it('what came in one packet with STARTTLS is forgotten', async () => {
    const { client } = dialogue({ tls: acceptOptions.tls });
    client.say(header());
    await client.hear(/<\/stream:features>/);
    client.say(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>${auth('PLAIN', '\0dave\0secret')}`);
    await client.hear(/<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>/);
    const secured = connect({ socket: client.release(), servername: 'localhost', ca: certificate });
    await once(secured, 'secureConnect');
    const inside = new Wire(secured);
    inside.say(header());
    expect((await inside.hear(/<stream:stream.*<\/stream:features>/))[0]).not.toContain('success');
    inside.hangUp();
  });

  it('a client that talks without listening is sent away', async () => {
    const { client, accepted } = dialogue();
    client.say(header() + '<a/>'.repeat(40));
    expect(await client.hearAll()).toMatch(/<(?:policy-violation|not-authorized)/);
    await expect(accepted).rejects.toMatchObject({ code: 'NST_XMPP_STREAM' });
  });

  it('a client that dawdles is sent away', async () => {
    const clock = new VirtualClock();
    const { client, accepted } = dialogue({ clock });
    client.say(header());
    await client.hear(/<\/stream:features>/);
    clock.advance(30_000);
    expect(await client.hearAll()).toContain('<connection-timeout');
    await expect(accepted).rejects.toMatchObject({ condition: 'connection-timeout' });
  });

  it('a client that dawdles within the TLS handshake is cut off without a word', async () => {
    const clock = new VirtualClock();
    const { client, accepted } = dialogue({ tls: acceptOptions.tls, clock });
    client.say(header());
    await client.hear(/<\/stream:features>/);
    client.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    await client.hear(/<proceed [^>]*>/);
    clock.advance(30_000);
    expect(await client.hearAll()).toBe('');
    await expect(accepted).rejects.toMatchObject({ condition: 'connection-timeout' });
  });

  it('a client that speaks no TLS after STARTTLS is cut off', async () => {
    const { client, accepted } = dialogue({ tls: acceptOptions.tls });
    client.say(header());
    await client.hear(/<\/stream:features>/);
    client.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    await client.hear(/<proceed [^>]*>/);
    client.say(header());
    await client.hearAll();
    await expect(accepted).rejects.toMatchObject({ code: 'NST_XMPP_TLS' });
  });

  it('a client that leaves ends the attempt', async () => {
    const { client, accepted } = dialogue();
    client.say(header());
    await client.hear(/<\/stream:features>/);
    client.hangUp();
    await expect(accepted).rejects.toMatchObject({ code: 'NST_XMPP_DISCONNECTED' });
  });
});

describe('authentication', () => {
  const attempt = async (text: string) => {
    const { client } = dialogue();
    client.say(header());
    await client.hear(/<\/stream:features>/);
    client.say(text);
    return (await client.hear(/<failure [^>]*><([a-z-]+)\/>.*<\/failure>/))[1];
  };

  it.each([
    ['an unknown mechanism', auth('CRAM-MD5', ''), 'invalid-mechanism'],
    ['PLAIN outside TLS', auth('PLAIN', '\0alice\0wonderland'), 'invalid-mechanism'],
    [
      'bad base64',
      "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>a=b</auth>",
      'incorrect-encoding',
    ],
    ['a malformed message', auth('SCRAM-SHA-256', 'n,,x'), 'malformed-request'],
    [
      'a channel binding that was not offered',
      auth('SCRAM-SHA-256', 'p=tls-exporter,,n=alice,r=abc'),
      'malformed-request',
    ],
    ['a mandatory extension', auth('SCRAM-SHA-256', 'n,,m=1,n=alice,r=abc'), 'malformed-request'],
    ["another account's authzid", auth('SCRAM-SHA-256', 'n,a=dave@localhost,n=alice,r=abc'), 'invalid-authzid'],
    ['an authzid that is no JID', auth('SCRAM-SHA-1', 'n,a=@,n=alice,r=abc'), 'invalid-authzid'],
  ])('refuses %s', async (_what, text, condition) => {
    expect(await attempt(text)).toBe(condition);
  });

  it.each(['SHA-1', 'SHA-256'] as const)('by SCRAM-%s leads to a bound resource', async (hash) => {
    const { client, accepted } = dialogue();
    await login(client, { hash, username: 'Dave', password: 'secret' });
    client.say(bindRequest('x'));
    await client.hear(/<jid>dave@localhost\/x<\/jid>/);
    expect(String((await accepted).jid)).toBe('dave@localhost/x');
  });

  it('answers an unknown account and a wrong password alike', async () => {
    const answers = async (username: string) => {
      const { client } = dialogue();
      const scram = new ScramClient({ hash: 'SHA-256', username, password: 'wrong' });
      client.say(header());
      await client.hear(/<\/stream:features>/);
      client.say(auth(scram.name, scram.initial()));
      const [, challenge = ''] = await client.hear(/<challenge[^>]*>([^<]*)<\/challenge>/);
      client.say(response(await scram.respond(Buffer.from(challenge, 'base64'))));
      const failure = (await client.hear(/<failure.*<\/failure>/))[0];
      return { salt: /s=([^,]+)/.exec(Buffer.from(challenge, 'base64').toString())?.[1], failure };
    };
    const [known, unknown, again] = [await answers('alice'), await answers('nobody'), await answers('nobody')];
    expect(unknown.failure).toBe(known.failure);
    expect(unknown.salt).toBe(again.salt);
  });

  it('ends the stream at the third failure', async () => {
    const { client } = dialogue();
    client.say(header() + auth('CRAM-MD5', '').repeat(3));
    expect(await client.hearAll()).toMatch(/(<failure.*){3}<policy-violation/);
  });

  it('binds the host: another one afterwards ends the stream', async () => {
    const { client } = dialogue({ serves: () => true });
    const scram = new ScramClient({ hash: 'SHA-256', username: 'alice', password: 'wonderland' });
    client.say(header());
    await client.hear(/<\/stream:features>/);
    client.say(auth(scram.name, scram.initial()));
    const [, challenge = ''] = await client.hear(/<challenge[^>]*>([^<]*)<\/challenge>/);
    client.say(response(await scram.respond(Buffer.from(challenge, 'base64'))));
    await client.hear(/<\/success>/);
    client.say(header("to='other.test' version='1.0'"));
    expect(await client.hearAll()).toContain('<host-unknown');
  });
});

describe('binding', () => {
  it('announces further features', async () => {
    const { client } = dialogue({ features: [xml('ver', { xmlns: 'urn:xmpp:features:rosterver' })] });
    expect(await login(client)).toBe(
      "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><ver xmlns='urn:xmpp:features:rosterver'/></stream:features>",
    );
  });

  it('comes before any stanza', async () => {
    const { client } = dialogue();
    await login(client);
    client.say("<message to='dave@localhost'/>");
    expect(await client.hearAll()).toContain('<not-authorized');
  });

  it('may be refused and tried again', async () => {
    const taken = new Set(['x']);
    const { client, accepted } = dialogue({
      bind: (_account: Jid, wanted = 'given') => {
        if (taken.has(wanted)) throw new StanzaError('conflict');
        return wanted;
      },
    });
    await login(client);
    client.say(bindRequest('x'));
    await client.hear(/<iq type='error' id='b'><error type='cancel'><conflict/);
    client.say(bindRequest('\u200b'));
    await client.hear(/<iq type='error' id='b'><error type='modify'><bad-request/);
    client.say(bindRequest('y'));
    await client.hear(/<jid>alice@localhost\/y<\/jid>/);
    expect(String((await accepted).jid)).toBe('alice@localhost/y');
  });

  it('leaves the first stanza after it to the listener', async () => {
    const { client, accepted } = dialogue();
    await login(client);
    client.say(`${bindRequest('x')}<presence/><message id='1'/>`);
    const { stream } = await accepted;
    const seen: string[] = [];
    stream.listen({ onElement: ({ name }) => seen.push(name), onClosed: () => seen.push('closed') });
    expect(seen).toEqual(['presence', 'message']);
  });

  it('hears of the end once, though the first stanza is why', async () => {
    const { client, accepted } = dialogue();
    await login(client);
    client.say(`${bindRequest('x')}${'<presence/>'.repeat(100)}`);
    const { stream } = await accepted;
    const seen: string[] = [];
    stream.listen({
      onElement: ({ name }) => {
        seen.push(name);
        stream.close(new StreamError('policy-violation'));
      },
      onClosed: (error) => seen.push(String(error)),
    });
    expect(seen).toEqual(['presence', 'StreamError: The XMPP stream ended with policy-violation.']);
  });
});
