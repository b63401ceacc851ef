import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Demo } from '../support/demo.js';

/** Debian's Python: python3-slixmpp is a package of this one. */
const PYTHON = '/usr/bin/python3';
const MAIN = fileURLToPath(new URL('foreign/main.py', import.meta.url));

interface Answer {
  readonly name?: string;
  readonly ok?: boolean;
  readonly detail?: string;
}

/** The checks that the foreign client knows: name, and the sentence it proves. */
export function foreignChecks(): readonly (readonly [name: string, sentence: string])[] {
  return JSON.parse(execFileSync(PYTHON, [MAIN, '--list'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** slixmpp, logged in to the demo as two people; runs one check at a time. */
export class ForeignClient implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  private constructor(child: ChildProcess, answers: Interface) {
    this.#child = child;
    this.#answers = answers[Symbol.asyncIterator]();
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#errors = (this.#errors + text).slice(-8_000)));
  }

  /** @throws Error with the client's output when it cannot log in */
  static async open({ host, ports, domain, caFile, data, accounts }: Demo): Promise<ForeignClient> {
    const facts = JSON.stringify({ host, port: ports.xmpp, domain, ca: caFile, data, accounts });
    const child = spawn(PYTHON, [MAIN, '--demo', facts], { stdio: ['pipe', 'pipe', 'pipe'] });
    const client = new ForeignClient(child, createInterface({ input: child.stdout }));
    await client.#answer();
    return client;
  }

  /** @throws Error with what the check found wrong */
  async check(name: string): Promise<void> {
    this.#child.stdin?.write(`${name}\n`);
    const { ok, detail } = await this.#answer();
    if (ok !== true) throw new Error(detail);
  }

  async #answer(): Promise<Answer> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`The foreign client ended:\n${this.#errors}`);
    return JSON.parse(value) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin?.end();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await once(this.#child, 'exit');
    clearTimeout(kill);
  }
}
