import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where things are below a data directory. `home` appears at once and complete, by the rename that elects it; from then
 * on only `port` and `log` change.
 */
export interface Layout {
  /** `<data>/postgres`, of the user who runs the application. */
  readonly home: string;
  /** The directory PostgreSQL owns: the real one, or a link to it where the server's user cannot come here. */
  readonly cluster: string;
  /** Password of role `nst`, mode 0600. */
  readonly password: string;
  /** Port of the latest server, tried first by the next one. */
  readonly port: string;
  /** What the server prints: starts, stops and fatal errors. */
  readonly log: string;
}

/** The layout of a home directory, or of a candidate for it. */
export function layoutOf(home: string): Layout {
  return {
    home,
    cluster: join(home, 'cluster'),
    password: join(home, 'password'),
    port: join(home, 'port'),
    log: join(home, 'server.log'),
  };
}

/** The port of the latest server; undefined when there was none or the note is unreadable. */
export async function rememberedPort(layout: Layout): Promise<number | undefined> {
  const text = await readFile(layout.port, 'utf8').catch(() => '');
  const port = Number(text.trim());
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** Makes `port` the one the next server tries first. A reader sees the old note or the new one, never half of it. */
export async function rememberPort(layout: Layout, port: number): Promise<void> {
  const draft = `${layout.port}.${process.pid}`;
  await writeFile(draft, `${port}\n`);
  await rename(draft, layout.port);
}
