import { describe, expect, it } from '@jest/globals';
import type { ScramHash } from './authenticator.port.js';
import { ScramClient } from './scram-client.js';
import { scramCredentials } from './scram-keys.js';
import { decodeSaslName, encodeSaslName } from './scram-message.js';
import { ScramServer } from './scram-server.js';

/** RFC 5802 §5 and RFC 7677 §3: user, pencil. */
const examples: readonly {
  hash: ScramHash;
  client: string;
  server: string;
  salt: string;
  proof: string;
  signature: string;
}[] = [
  {
    hash: 'SHA-1',
    client: 'fyko+d2lbbFgONRv9qkxdawL',
    server: '3rfcNHYJY1ZVvWVs7j',
    salt: 'QSXCR+Q6sek8bf92',
    proof: 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    signature: 'rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    hash: 'SHA-256',
    client: 'rOprNGfwEbeRWgbNEkqO',
    server: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    signature: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
];

describe.each(examples)("the RFC's example of SCRAM-$hash", ({ hash, client, server, salt, proof, signature }) => {
  const serverFirst = `r=${client}${server},s=${salt},i=4096`;
  const clientFinal = `c=biws,r=${client}${server},p=${proof}`;

  it('is what the client says', async () => {
    const scram = new ScramClient({ hash, username: 'user', password: 'pencil', nonce: client });
    expect(scram.initial().toString()).toBe(`n,,n=user,r=${client}`);
    expect((await scram.respond(Buffer.from(serverFirst))).toString()).toBe(clientFinal);
    expect(() => scram.verify(Buffer.from(`v=${signature}`))).not.toThrow();
  });

  it('is what the server says', async () => {
    const told: unknown[] = [];
    const authenticator = {
      decoy: { secret: Buffer.alloc(1), iterations: 4096 },
      credentials: () => scramCredentials(hash, 'pencil', { salt: Buffer.from(salt, 'base64') }),
      attempted: (attempt: unknown) => told.push(attempt),
    };
    const scram = new ScramServer(hash, { authenticator, domain: 'localhost' }, server);
    const first = await scram.respond(Buffer.from(`n,,n=user,r=${client}`));
    expect(first).toEqual({ kind: 'challenge', data: Buffer.from(serverFirst) });
    expect(await scram.respond(Buffer.from(clientFinal))).toEqual({
      kind: 'success',
      username: 'user',
      data: Buffer.from(`v=${signature}`),
    });
    expect(told).toEqual([{ username: 'user', succeeded: true }]);
  });
});

describe('the server', () => {
  const begin = async () => {
    const authenticator = {
      decoy: { secret: Buffer.alloc(1), iterations: 4096 },
      credentials: () => scramCredentials('SHA-256', 'pencil'),
    };
    const server = new ScramServer('SHA-256', { authenticator, domain: 'localhost' });
    const client = new ScramClient({ hash: 'SHA-256', username: 'user', password: 'pencil' });
    const challenge = await server.respond(client.initial());
    return { server, final: (await client.respond(challenge.data)).toString() };
  };

  it.each([
    ['another nonce', (text: string) => text.replace('r=', 'r=x'), 'malformed-request'],
    ['another channel binding', (text: string) => text.replace('c=biws', 'c=eSws'), 'malformed-request'],
    ['no proof', (text: string) => text.replace(/,p=.*/, ''), 'malformed-request'],
    [
      'a wrong proof',
      (text: string) => text.replace(/,p=.*/, `,p=${Buffer.alloc(32).toString('base64')}`),
      'not-authorized',
    ],
  ])('refuses %s', async (_what, change, condition) => {
    const { server, final } = await begin();
    await expect(server.respond(Buffer.from(change(final)))).rejects.toMatchObject({ condition });
  });
});

describe('a name in SCRAM', () => {
  it('has its commas and equals signs escaped', () => {
    expect(encodeSaslName('a=b,c')).toBe('a=3Db=2Cc');
    expect(decodeSaslName('a=3Db=2Cc')).toBe('a=b,c');
    expect(decodeSaslName('a=2c')).toBeUndefined();
  });
});
