import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { TestProcess } from '../../support/child-process.js';
import { freePort } from '../../support/free-port.js';
import {
  type Accounts,
  ACCOUNTS,
  certificateFor,
  DOMAIN,
  listening,
  temporaryFolder,
  type ForeignServer,
} from './foreign-server.js';

const DEBIAN = '/etc/ejabberd/ejabberd.yml';

/** Debian's folder of Erlang libraries, named by architecture. */
function erlangLibraries(): string {
  const folder = readdirSync('/usr/lib')
    .filter((name) => name.includes('-linux-gnu'))
    .map((name) => join('/usr/lib', name))
    .find((path) => existsSync(path) && readdirSync(path).some((name) => name.startsWith('ejabberd-')));
  if (folder === undefined) throw new Error('The Erlang libraries of ejabberd are not below /usr/lib.');
  return folder;
}

interface Listener {
  readonly module: string;
  readonly tls?: boolean;
}

interface Settings {
  readonly listen: readonly Listener[];
  readonly acl: Readonly<Record<string, unknown>>;
}

/**
 * ejabberd as Debian ships it, with one host and its accounts. Only where it listens, logs and keeps its data differs.
 * It runs as a lone Erlang node: without distribution there is no epmd and no port of its own.
 */
export async function startEjabberd({ accounts = ACCOUNTS, admin = 'admin' }: Accounts = {}): Promise<ForeignServer> {
  const folder = await temporaryFolder('ejabberd');
  const port = await freePort();
  const { key, pem } = await certificateFor(folder.path, [DOMAIN, `pubsub.${DOMAIN}`]);
  const both = join(folder.path, 'server.pem');
  await writeFile(both, `${pem}${await readFile(key, 'utf8')}`, { mode: 0o600 });
  const debian = parse(await readFile(DEBIAN, 'utf8')) as Settings;
  const clients = debian.listen.find(({ module, tls }) => module === 'ejabberd_c2s' && tls !== true);
  const config = join(folder.path, 'ejabberd.yml');
  await writeFile(
    config,
    stringify({
      ...debian,
      hosts: [DOMAIN],
      certfiles: [both],
      listen: [{ ...clients, port, ip: '127.0.0.1' }],
      acl: { ...debian.acl, admin: { user: [`${admin}@${DOMAIN}`] } },
    }),
  );
  const register = Object.entries(accounts).map(
    ([account, password]) => `ok = ejabberd_auth:try_register(<<"${account}">>, <<"${DOMAIN}">>, <<"${password}">>)`,
  );
  const server = new TestProcess('/usr/bin/erl', {
    args: [
      ...['-noinput', '+S', '2', '-mnesia', 'dir', JSON.stringify(join(folder.path, 'mnesia'))],
      ...['-s', 'ejabberd', '-eval', `${register.join(', ')}, io:format("accounts registered~n").`],
    ],
    cwd: folder.path,
    env: {
      ...process.env,
      HOME: folder.path,
      ERL_LIBS: erlangLibraries(),
      EJABBERD_CONFIG_PATH: config,
      EJABBERD_LOG_PATH: join(folder.path, 'ejabberd.log'),
    },
    log: join(folder.path, 'erl.log'),
  });
  await server.ready(async () => (await server.output()).includes('accounts registered') || undefined, 60_000);
  await server.ready(() => listening(port), 10_000);
  return {
    host: '127.0.0.1',
    port,
    domain: DOMAIN,
    ca: pem,
    caFile: both,
    accounts,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await folder.remove();
    },
  };
}
