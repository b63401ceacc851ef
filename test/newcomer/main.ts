import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { packLibraries } from './packages.js';
import { startRegistry } from './registry.js';
import { newcomer } from './script.js';
import { Shell } from './shell.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Whom a root plays: an ordinary user without a home of its own. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Major versions of Node to run the script on; ours is the one that runs this. */
const wanted = process.argv.slice(2);
const versions = wanted.length > 0 ? wanted : ['20', '24'];
const user = process.getuid?.() === 0 ? NOBODY : undefined;
const folder = await mkdtemp(join(tmpdir(), 'nestanza-newcomer-'));
await chmod(folder, 0o755);

/** A folder that belongs to the newcomer. */
async function own(...names: string[]): Promise<string> {
  const path = join(folder, ...names);
  await mkdir(path, { recursive: true });
  if (user !== undefined) await chown(path, user.uid, user.gid);
  return path;
}

/** Folder with the `node` of this major version: ours, or that of the npm package of the same content. */
async function nodeOf(version: string): Promise<string> {
  if (process.versions.node.startsWith(`${version}.`)) return dirname(process.execPath);
  const at = join(folder, `node-${version}`);
  await mkdir(at);
  const name = `node-${process.platform}-${process.arch}`;
  await promisify(execFile)('npm', ['install', '--prefix', at, '--no-audit', '--no-fund', `${name}@${version}`]);
  return join(at, 'node_modules', name, 'bin');
}

try {
  const packs = join(folder, 'packs');
  await mkdir(packs);
  const libraries = await packLibraries(root, packs);
  const upstream = (await promisify(execFile)('npm', ['config', 'get', 'registry'])).stdout.trim();
  await using registry = await startRegistry(libraries, upstream);
  const cache = await own('cache');
  for (const version of versions) {
    const bin = await nodeOf(version);
    const home = await own(`home-${version}`);
    const desk = await own(`desk-${version}`);
    const environment = {
      // The wanted Node first, then that of npm itself.
      PATH: `${bin}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: home,
      LANG: 'C.UTF-8',
      npm_config_registry: registry.url,
      npm_config_cache: cache,
      npm_config_update_notifier: 'false',
      NESTANZA_XMPP_PORT: String(await freePort()),
      NESTANZA_HTTP_PORT: String(await freePort()),
    };
    const shell = new Shell({ folder: desk, environment, user });
    const node = (await shell.does('node --version')).trim();
    if (!node.startsWith(`v${version}.`)) throw new Error(`Wanted Node ${version}, got ${node}.`);
    console.log(`A newcomer on Node ${node}, ${libraries.length} packed libraries:`);
    const begun = Date.now();
    await newcomer(shell, desk);
    console.log(`  all of it: ${((Date.now() - begun) / 1_000).toFixed(1)} s\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
