import { NestanzaError } from '@nestanza/core';
import { resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about the embedded server. */
export interface EmbeddedSettings {
  /** Absolute path of the data directory. */
  readonly data: string;
  readonly domain: string;
  /** Only this port will do; `undefined` leaves the choice. */
  readonly port: number | undefined;
  /** Passwords by account name. */
  readonly accounts: ReadonlyMap<string, string>;
  /** Secrets by component domain. */
  readonly components: ReadonlyMap<string, string>;
  /** Only this port will do for components; `undefined` leaves the choice. */
  readonly componentPort: number | undefined;
  /** The port for WebSocket; without it none is opened. */
  readonly webSocketPort: number | undefined;
}

/** @throws NestanzaError `NST_SERVER_CONFIG` naming every wrong variable and what to write */
export function embeddedSettings(data: string | undefined, environment: Environment): EmbeddedSettings {
  const faults: string[] = [];
  const fault = (text: string) => void faults.push(text);
  const port = portOf(environment, 'NESTANZA_XMPP_PORT', fault);
  const componentPort = portOf(environment, 'NESTANZA_XMPP_COMPONENT_PORT', fault);
  const webSocketPort = portOf(environment, 'NESTANZA_XMPP_WS_PORT', fault);
  const accounts = pairsOf(environment, { name: 'NESTANZA_XMPP_ACCOUNTS', example: 'alice:secret,bob:secret' }, fault);
  const components = pairsOf(environment, { name: 'NESTANZA_XMPP_COMPONENTS', example: 'irc.localhost:secret' }, fault);
  if (faults.length > 0) throw new NestanzaError('NST_SERVER_CONFIG', faults.join(' '));
  return {
    data: resolve(data ?? environment.NESTANZA_DATA ?? '.nestanza'),
    domain: environment.NESTANZA_XMPP_DOMAIN ?? 'localhost',
    port,
    accounts,
    components,
    componentPort,
    webSocketPort,
  };
}

function portOf(environment: Environment, name: string, fault: (text: string) => void): number | undefined {
  const text = environment[name];
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) fault(`${name}=${text} is no port: write a number from 1 to 65535.`);
  return port;
}

/** `name:secret` pairs, comma-separated. */
function pairsOf(
  environment: Environment,
  { name, example }: { readonly name: string; readonly example: string },
  fault: (text: string) => void,
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const entry of (environment[name] ?? '').split(',').filter((text) => text.trim() !== '')) {
    const colon = entry.indexOf(':');
    const key = entry.slice(0, colon).trim();
    const secret = entry.slice(colon + 1);
    // The entry holds a secret: it is not shown.
    if (colon <= 0 || key === '' || secret === '') fault(`${name}: write ${example}.`);
    else pairs.set(key, secret);
  }
  return pairs;
}
