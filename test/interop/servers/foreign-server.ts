import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

/** A server that somebody else wrote, running on loopback with a configuration of its own. */
export interface ForeignServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  /** PEM of the certificate to trust. */
  readonly ca: string;
  readonly caFile: string;
  /** Account → password. */
  readonly accounts: Readonly<Record<string, string>>;
}

export const DOMAIN = 'localhost';

export const ACCOUNTS = { admin: 'admin-secret', romeo: 'romeo-secret', juliet: 'juliet-secret' } as const;

/** Who a foreign server knows. */
export interface Accounts {
  /** Account → password. Default: `ACCOUNTS`. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** The one administrator. Default `admin`. */
  readonly admin?: string;
}

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly pem: string;
}

/** A self-signed certificate for these names, its own trust anchor, written into `folder`. */
export async function certificateFor(folder: string, names: readonly string[]): Promise<Certificate> {
  const certificate = join(folder, 'server.crt');
  const key = join(folder, 'server.key');
  const subject = ['-subj', `/CN=${names[0]}`, '-addext', `subjectAltName=${names.map((n) => `DNS:${n}`).join(',')}`];
  const files = ['-keyout', key, '-out', certificate];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', [...kind, ...subject, ...files]);
  return { certificate, key, pem: await readFile(certificate, 'utf8') };
}

/** A fresh directory, and the function that removes it. */
export async function temporaryFolder(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `nestanza-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** `true` when something on loopback accepts a connection, else `undefined`: a look for `TestProcess.ready`. */
export function listening(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (value: true | undefined): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(undefined));
  });
}
