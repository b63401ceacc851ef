import { readFileSync } from 'node:fs';
import { errorText, NestanzaError } from '@nestanza/core';
import { Jid } from '@nestanza/xmpp';

/** What `NESTANZA_XMPP` says. */
export type Target =
  | { readonly kind: 'embedded' | 'in-process' }
  | {
      readonly kind: 'client';
      readonly jid: Jid;
      readonly password: string;
      readonly host: string | undefined;
      readonly port: number | undefined;
      /** PEM of the authority that signed the server's certificate. */
      readonly ca: string | undefined;
    }
  | {
      readonly kind: 'component';
      readonly domain: string;
      readonly secret: string;
      readonly host: string;
      readonly port: number | undefined;
    };

const FORMS =
  '"embedded", "in-process", "xmpp://<account>:<password>@<domain>[?address=host:port&ca=file]" or "component://<domain>:<secret>@host:port"';

/**
 * @param authority - file with the certificate of the authority, where a client's target names none
 * @throws NestanzaError `NST_BUS_TARGET` for anything else; the text, which may hold a password, is not repeated
 */
export function parseTarget(text: string, authority?: string): Target {
  if (text === 'embedded' || text === 'in-process') return { kind: text };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused('it is no URL');
  }
  if (url.protocol === 'xmpp:') return client(url, authority);
  if (url.protocol === 'component:') return component(url);
  throw refused(`"${url.protocol}//" is no known way`);
}

function client(url: URL, authority: string | undefined): Target {
  if (url.username === '' || url.password === '') throw refused('account or password is missing');
  const address = url.searchParams.get('address');
  const [host, port] = address === null ? [undefined, undefined] : hostAndPort(address);
  const file = url.searchParams.get('ca') ?? authority;
  return {
    kind: 'client',
    jid: Jid.of({ local: decodeURIComponent(url.username), domain: decodeURIComponent(url.hostname) }),
    password: decodeURIComponent(url.password),
    host,
    port: port ?? (url.port === '' ? undefined : Number(url.port)),
    ca: file === undefined || file === '' ? undefined : readCertificate(file),
  };
}

function component(url: URL): Target {
  if (url.username === '' || url.password === '') throw refused('domain or secret is missing');
  return {
    kind: 'component',
    domain: decodeURIComponent(url.username),
    secret: decodeURIComponent(url.password),
    host: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
  };
}

function hostAndPort(address: string): readonly [string, number | undefined] {
  // A path-less URL parses IPv6 addresses in brackets, too.
  const { hostname, port } = new URL(`tcp://${address}`);
  return [hostname.replace(/^\[|\]$/g, ''), port === '' ? undefined : Number(port)];
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refused(`its certificate file cannot be read (${errorText(error)})`);
  }
}

function refused(why: string): NestanzaError {
  return new NestanzaError('NST_BUS_TARGET', `The XMPP target cannot be used: ${why}. Write ${FORMS}.`);
}
