import { describe, expect, it } from '@jest/globals';
import { TLSSocket } from 'node:tls';
import { ScramServer } from '../sasl/scram-server.js';
import { authenticator, certificate, secureContext } from './accounts.fixture.js';
import { duplexPair } from './duplex-pair.js';
import { initiateStream, type InitiatedStream, type InitiateOptions } from './initiate.js';
import { Wire } from './wire.fixture.js';
import { XmlStream } from './xml-stream.js';

interface Dialogue {
  readonly server: Wire;
  readonly initiated: Promise<InitiatedStream>;
}

/** A client, which wants no TLS unless the changes say so, before a raw server. */
function dialogue(changes: Partial<InitiateOptions> = {}): Dialogue {
  const [client, server] = duplexPair();
  const stream = new XmlStream(client, { namespace: 'jabber:client' });
  const options = {
    username: 'alice',
    password: 'wonderland',
    domain: 'localhost',
    tls: 'unneeded',
    ...changes,
  } as const;
  const initiated = initiateStream(stream, options);
  initiated.catch(() => undefined);
  return { server: new Wire(server), initiated };
}

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='1' version='1.0'>";
const STARTTLS = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
const offer = (...mechanisms: string[]) =>
  `<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${mechanisms.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms></stream:features>`;
const sasl = (name: string, data: string | Uint8Array = '') =>
  `<${name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from(data).toString('base64')}</${name}>`;
const heardSasl = async (server: Wire, name: string) =>
  Buffer.from((await server.hear(new RegExp(`<${name} [^>]*>([^<]*)</${name}>`)))[1]!, 'base64');

/** Everything up to the client's first SCRAM message; returns the nonce in it. */
async function begin(server: Wire): Promise<string> {
  await server.hear(/<stream:stream [^>]*>/);
  server.say(HEADER + offer('SCRAM-SHA-256', 'PLAIN'));
  return /r=(.*)$/.exec((await heardSasl(server, 'auth')).toString())![1]!;
}

describe('before TLS', () => {
  const tls = { ca: certificate };

  it('a client says where it wants to go, and nothing else', async () => {
    const { server } = dialogue({ tls });
    const [opening] = await server.hear(/^.*<stream:stream [^>]*>/);
    expect(opening).toContain("to='localhost'");
    expect(opening).not.toContain('from=');
    server.say(HEADER + STARTTLS);
    expect((await server.hear(/^.*\/>/))[0]).toBe("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    server.hangUp();
  });

  it('features sent in one packet with <proceed/> are forgotten', async () => {
    const { server, initiated } = dialogue({ tls });
    server.say(HEADER + STARTTLS);
    await server.hear(/<starttls [^>]*>/);
    server.say(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>${offer('PLAIN')}`);
    const secured = new TLSSocket(server.release(), { isServer: true, secureContext });
    const inside = new Wire(secured);
    await inside.hear(/<stream:stream [^>]*from='alice@localhost'[^>]*>/);
    inside.say(HEADER + offer('X-UNKNOWN'));
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_MECHANISM', facts: { offered: 'X-UNKNOWN' } });
  });

  it.each([
    ['offers no TLS', offer('SCRAM-SHA-256', 'PLAIN')],
    ['offers nothing', '<stream:features/>'],
  ])('a server that %s is left', async (_what, features) => {
    const { server, initiated } = dialogue({ tls });
    server.say(HEADER + features);
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_TLS_REQUIRED', retryable: false });
    expect(await server.hearAll()).not.toContain('<auth');
  });

  it('a refused STARTTLS ends the attempt', async () => {
    const { server, initiated } = dialogue({ tls });
    server.say(HEADER + STARTTLS);
    await server.hear(/<starttls [^>]*>/);
    server.say("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_NEGOTIATION' });
  });
});

describe('a server that does not know the password', () => {
  const first = (nonce: string, rest = 's=c2FsdA==,i=4096') => sasl('challenge', `r=${nonce},${rest}`);

  it.each([
    ['claims success at once', () => sasl('success')],
    ['claims success at once, with a signature', () => sasl('success', 'v=AAAA')],
    ['does not prolong the nonce', (nonce: string) => first(nonce)],
    ['gives another nonce', () => first('other')],
    ['wants one iteration', (nonce: string) => first(`${nonce}x`, 's=c2FsdA==,i=1')],
    ['wants 4,095 iterations', (nonce: string) => first(`${nonce}x`, 's=c2FsdA==,i=4095')],
    ['wants 2^31 iterations', (nonce: string) => first(`${nonce}x`, 's=c2FsdA==,i=2147483648')],
    ['gives no salt', (nonce: string) => first(`${nonce}x`, 's=,i=4096')],
    ['demands an extension', (nonce: string) => first(`${nonce}x`, 'm=x,s=c2FsdA==,i=4096')],
    ['sends no base64', () => "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>a=b</challenge>"],
  ])('is refused when it %s', async (_what, answer) => {
    const { server, initiated } = dialogue();
    server.say(answer(await begin(server)));
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_UNPROVEN', retryable: false });
    expect(await server.hearAll()).not.toContain('<iq');
  });

  it.each([
    ['a wrong signature', sasl('success', `v=${Buffer.alloc(32).toString('base64')}`)],
    ['a short signature', sasl('success', 'v=AAAA')],
    ['no signature', sasl('success')],
    ['a wrong signature in a challenge', sasl('challenge', 'v=AAAA')],
  ])('is refused when it closes with %s', async (_what, answer) => {
    const { server, initiated } = dialogue();
    server.say(first(`${await begin(server)}x`));
    await heardSasl(server, 'response');
    server.say(answer);
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_UNPROVEN' });
  });
});

describe('a login', () => {
  /** Logs in with SCRAM-SHA-1, the server's signature in a challenge, up to the request for a resource. */
  const bound = async (reply: string) => {
    const { server, initiated } = dialogue();
    await server.hear(/<stream:stream [^>]*>/);
    server.say(HEADER + offer('SCRAM-SHA-1'));
    const scram = new ScramServer('SHA-1', { authenticator, domain: 'localhost' });
    server.say(sasl('challenge', (await scram.respond(await heardSasl(server, 'auth'))).data));
    server.say(sasl('challenge', (await scram.respond(await heardSasl(server, 'response'))).data));
    await server.hear(/<response [^>]*>=<\/response>/);
    server.say(sasl('success'));
    await server.hear(/<stream:stream [^>]*>/);
    server.say(`${HEADER}<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>`);
    await server.hear(/<bind [^>]*>/);
    server.say(`<iq ${reply}</iq>`);
    return initiated;
  };

  it('takes the signature in a challenge of its own too', async () => {
    const jid = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/1</jid></bind>";
    await expect(bound(`type='result' id='bind'>${jid}`)).resolves.toMatchObject({ mechanism: 'SCRAM-SHA-1' });
  });

  it.each([
    ['conflict', 'cancel', false],
    ['not-allowed', 'cancel', false],
    ['internal-server-error', 'cancel', true],
    ['resource-constraint', 'wait', true],
  ])('without a resource, for %s, says whether to try again', async (condition, type, retryable) => {
    const error = `<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
    await expect(bound(`type='error' id='bind'>${error}`)).rejects.toMatchObject({ code: 'NST_XMPP_BIND', retryable });
  });

  it('never uses PLAIN outside TLS', async () => {
    const { server, initiated } = dialogue();
    server.say(HEADER + offer('PLAIN'));
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_MECHANISM' });
    expect(await server.hearAll()).not.toContain('<auth');
  });

  const plainInsideTls = async (scramOnly: boolean) => {
    const { server, initiated } = dialogue({ tls: { ca: certificate }, scramOnly });
    server.say(HEADER + STARTTLS);
    await server.hear(/<starttls [^>]*>/);
    server.say("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    const inside = new Wire(new TLSSocket(server.release(), { isServer: true, secureContext }));
    await inside.hear(/<stream:stream [^>]*>/);
    inside.say(HEADER + offer('PLAIN'));
    return { inside, initiated };
  };

  it('uses PLAIN inside TLS where there is nothing better', async () => {
    const { inside } = await plainInsideTls(false);
    expect((await heardSasl(inside, 'auth')).toString()).toBe('\0alice\0wonderland');
    inside.hangUp();
  });

  it('never uses PLAIN once it has used SCRAM', async () => {
    const { initiated } = await plainInsideTls(true);
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_MECHANISM' });
  });

  it.each([
    ['not-authorized', false],
    ['account-disabled', false],
    ['temporary-auth-failure', true],
  ])('refused with %s says so, and whether to try again', async (condition, retryable) => {
    const { server, initiated } = dialogue();
    await begin(server);
    server.say(`<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><${condition}/><text>Go away.</text></failure>`);
    await expect(initiated).rejects.toMatchObject({
      code: 'NST_XMPP_AUTH',
      retryable,
      message: `The XMPP server refused the login of alice@localhost: ${condition} (Go away.).`,
    });
  });

  it('ends with the stream error of the server', async () => {
    const { server, initiated } = dialogue();
    server.say(
      `${HEADER}<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Who?</text></stream:error></stream:stream>`,
    );
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_STREAM', condition: 'host-unknown', text: 'Who?' });
  });

  it('ends when the server hangs up', async () => {
    const { server, initiated } = dialogue();
    await server.hear(/<stream:stream [^>]*>/);
    server.hangUp();
    await expect(initiated).rejects.toMatchObject({ code: 'NST_XMPP_DISCONNECTED', retryable: true });
  });
});
