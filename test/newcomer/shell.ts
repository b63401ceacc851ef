import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { poll } from '../support/poll.js';

export interface ShellOptions {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** User and group that the newcomer is; ours when left out. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** A command that still runs in the newcomer's terminal. */
export interface RunningCommand {
  /** What it has printed, errors too. */
  output(): string;
  /** Resolves when it has printed this. @throws Error with everything it printed, after a minute or at its end */
  prints(text: string | RegExp): Promise<void>;
  /** Ctrl-C. Resolves when it has ended. */
  interrupt(): Promise<void>;
}

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Milliseconds for anything but an installation. */
const PATIENCE = 90_000;

/** The newcomer's terminal: types commands and reads what they print. */
export class Shell {
  readonly #options: ShellOptions;

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  /** The same terminal in another folder. */
  in(folder: string): Shell {
    return new Shell({ ...this.#options, folder });
  }

  /** Runs to its end, whatever its exit code. */
  async run(command: string): Promise<Finished> {
    const { child, output } = this.#spawn(command);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? -1, output: output() };
  }

  /** Runs to a good end. @throws Error with everything it printed */
  async does(command: string): Promise<string> {
    const { code, output } = await this.run(command);
    if (code !== 0) throw new Error(`"${command}" ended with ${code}:\n${output}`);
    return output;
  }

  start(command: string): RunningCommand {
    const { child, output } = this.#spawn(command);
    const closed = once(child, 'close');
    return {
      output,
      async prints(text) {
        const pattern = typeof text === 'string' ? new RegExp(literal(text)) : text;
        const seen = () => (pattern.test(output()) ? true : child.exitCode === null ? undefined : false);
        const found = await poll(seen, { within: PATIENCE, what: `"${command}" printing ${pattern}` }).catch(
          () => false,
        );
        if (!found) throw new Error(`"${command}" did not print ${pattern}:\n${output()}`);
      },
      async interrupt() {
        // The whole group, as a terminal does it.
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGINT');
        await closed;
      },
    };
  }

  #spawn(command: string): { readonly child: ChildProcess; readonly output: () => string } {
    const { folder, environment, user } = this.#options;
    const child = spawn(command, {
      cwd: folder,
      env: environment,
      shell: true,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream!.setEncoding('utf8').on('data', (part: string) => (text += part));
    }
    return { child, output: () => text };
  }
}

function literal(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
