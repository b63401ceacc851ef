import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprintOf, localAuthority } from './local-authority.js';

const DAY = 86_400_000;
const NOW = Date.now();

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'nestanza-ca-'))));
afterEach(() => rm(directory, { recursive: true }));

function server({ identity }: { identity: { cert: string } }): X509Certificate {
  return new X509Certificate(identity.cert);
}

describe('the local authority', () => {
  it('signs a certificate for the domain, its services and loopback', async () => {
    const made = await localAuthority(directory, 'bus.example', NOW);
    const certificate = server(made);
    const authority = new X509Certificate(made.ca);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect([authority.ca, certificate.ca]).toEqual([true, false]);
    for (const name of ['bus.example', 'pubsub.bus.example', 'localhost'])
      expect(certificate.checkHost(name)).toBeDefined();
    expect(certificate.checkIP('127.0.0.1')).toBeDefined();
    expect(certificate.checkHost('other.example')).toBeUndefined();
    expect(fingerprintOf(made.ca)).toBe(authority.fingerprint256);
  });

  it('keeps what it made while that is fresh', async () => {
    const made = await localAuthority(directory, 'localhost', NOW);
    expect(await localAuthority(directory, 'localhost', NOW + 300 * DAY)).toEqual(made);
  });

  it('renews an old server certificate under the same CA, and makes one for another domain', async () => {
    const made = await localAuthority(directory, 'localhost', NOW);
    const renewed = await localAuthority(directory, 'localhost', NOW + 370 * DAY);
    expect(renewed.ca).toBe(made.ca);
    expect(renewed.identity.cert).not.toBe(made.identity.cert);
    const moved = await localAuthority(directory, 'bus.example', NOW + 370 * DAY);
    expect([moved.ca, server(moved).checkHost('bus.example')]).toEqual([made.ca, 'bus.example']);
  });

  it('renews an old CA, and the server certificate with it', async () => {
    const made = await localAuthority(directory, 'localhost', NOW);
    const renewed = await localAuthority(directory, 'localhost', NOW + 9 * 366 * DAY);
    expect(renewed.ca).not.toBe(made.ca);
    expect(server(renewed).verify(new X509Certificate(renewed.ca).publicKey)).toBe(true);
  });
});
