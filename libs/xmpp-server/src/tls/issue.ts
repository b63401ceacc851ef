import { webcrypto } from 'node:crypto';
import type { X509Certificate, X509CertificateGenerator } from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

/** A certificate with its private key, PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** A new certificate authority for one installation, valid for ten years. @param now - milliseconds since the epoch */
export async function issueAuthority(now: number): Promise<Issued> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const usages = x509.KeyUsageFlags;
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now, 3_652),
    serialNumber: serialNumber(),
    name: 'CN=Nestanza local CA',
    keys: keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      // eslint-disable-next-line no-bitwise -- X.509 key usages are bits
      new x509.KeyUsagesExtension(usages.keyCertSign | usages.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return issued(cert, keys.privateKey);
}

/** A server certificate for `domain` and its services, and for the loopback addresses, valid for 397 days. */
export async function issueServer(authority: Issued, domain: string, now: number): Promise<Issued> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.cert);
  const names = [...new Set([domain, `*.${domain}`, 'localhost'])];
  const cert = await x509.X509CertificateGenerator.create({
    ...validity(now, 397),
    serialNumber: serialNumber(),
    subject: `CN=${domain.slice(0, 64)}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await privateKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...['127.0.0.1', '::1'].map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return issued(cert, keys.privateKey);
}

/** Loaded when a certificate is made, which is rare: it and its metadata polyfill cost start-up time. */
async function library(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  return x509;
}

/** Begins a day early, for clocks that are slow. */
function validity(
  now: number,
  days: number,
): Pick<Parameters<typeof X509CertificateGenerator.create>[0], 'notBefore' | 'notAfter'> {
  return { notBefore: new Date(now - DAY), notAfter: new Date(now + days * DAY) };
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
function serialNumber(): string {
  return `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
}

async function issued(cert: X509Certificate, key: webcrypto.CryptoKey): Promise<Issued> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return {
    cert: `${cert.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}

function privateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}
