import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestProcess } from '../../support/child-process.js';
import { freePort } from '../../support/free-port.js';
import {
  type Accounts,
  ACCOUNTS,
  certificateFor,
  DOMAIN,
  listening,
  run,
  temporaryFolder,
  type ForeignServer,
} from './foreign-server.js';

const DEBIAN = '/etc/prosody/prosody.cfg.lua';

export interface ProsodyOptions {
  /** Secrets by domain of external components that may connect; one takes the place of Prosody's own PubSub by its name. */
  readonly components?: Readonly<Record<string, string>>;
}

export interface ProsodyComponent {
  readonly componentPort: number;
}

/**
 * Prosody as Debian ships it, with one host, its accounts and a PubSub component; no limit or PubSub option raised.
 * Only where it listens, logs and keeps its data differs.
 */
export async function startProsody({
  accounts = ACCOUNTS,
  admin = 'admin',
  components = {},
}: Accounts & ProsodyOptions = {}): Promise<ForeignServer & ProsodyComponent> {
  const folder = await temporaryFolder('prosody');
  const port = await freePort();
  const componentPort = await freePort();
  const own = `pubsub.${DOMAIN}`;
  const external = Object.entries(components).map(
    ([domain, secret]) => `Component "${domain}"\n  component_secret = "${secret}"\n`,
  );
  const { certificate, key, pem } = await certificateFor(folder.path, [DOMAIN, `pubsub.${DOMAIN}`]);
  const debian = await readFile(DEBIAN, 'utf8');
  const settings = debian
    .replace(/^log = \{[^]*?^\}/m, '')
    .replace(/^pidfile.*$/m, '')
    .replace(/^admins.*$/m, '')
    .replace(/^VirtualHost[^]*/m, '');
  const config = join(folder.path, 'prosody.cfg.lua');
  await writeFile(
    config,
    `${settings}
admins = { "${admin}@${DOMAIN}" }
data_path = "${folder.path}"
pidfile = "${join(folder.path, 'prosody.pid')}"
log = { { levels = { min = "info" }, to = "console" } }
run_as_root = true
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = { }
component_ports = { ${componentPort} }
ssl = { certificate = "${certificate}", key = "${key}" }
VirtualHost "${DOMAIN}"
${own in components ? '' : `Component "${own}" "pubsub"`}
${external.join('')}
`,
  );
  for (const [account, password] of Object.entries(accounts)) {
    await run('prosodyctl', ['--root', '--config', config, 'register', account, DOMAIN, password]);
  }
  const server = new TestProcess('/usr/bin/prosody', {
    args: ['-F', '--config', config],
    log: join(folder.path, 'prosody.log'),
  });
  await server.ready(() => listening(port), 20_000);
  return {
    host: '127.0.0.1',
    port,
    componentPort,
    domain: DOMAIN,
    ca: pem,
    caFile: certificate,
    accounts,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await folder.remove();
    },
  };
}
