import { execFile } from 'node:child_process';
import { type ServerUser } from './server-user.js';

/** How one of PostgreSQL's programs ended. */
export interface RunOutcome {
  readonly ok: boolean;
  /** What it printed, or why it could not be started. */
  readonly output: string;
}

export interface RunOptions {
  /** Whom it runs as; default this process's user. */
  readonly user?: ServerUser | undefined;
  /** Written to its standard input. */
  readonly input?: string;
  /** Milliseconds after which it is killed; default 60,000. */
  readonly timeout?: number;
}

/** Runs a program to its end. Never rejects. */
export function run(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunOutcome> {
  const [file, ...args] = command;
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { ...options.user, cwd: ROOT, env: serverEnvironment(), timeout: options.timeout ?? 60_000 },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        resolve({ ok: error === null, output: output === '' && error !== null ? error.message : output });
      },
    );
    child.stdin?.on('error', () => undefined); // a program that ends early closes its input: its outcome says why
    child.stdin?.end(options.input);
  });
}

/** A directory every user may be in. */
const ROOT = process.platform === 'win32' ? 'C:\\' : '/';

/** English messages (they are read), and none of the PG… variables that would reconfigure the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SYSTEMROOT', 'TEMP', 'TMP', 'TZ'];
  return {
    LC_ALL: 'C',
    ...Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
  };
}
