import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestProcess } from '../support/child-process.js';
import { freePort } from '../support/free-port.js';

const MAIN = fileURLToPath(new URL('../../libs/cli/dist/main.js', import.meta.url));
const TIMEOUT = 90_000;

describe('the nestanza command', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let server: TestProcess;
  let facts: { readonly domain: string; readonly port: number; readonly ca: string; readonly account: object };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestanza-command-'));
    await chmod(folder, 0o755); // as root the database runs as another user
    environment = {
      ...process.env,
      NESTANZA_DATA: folder,
      NESTANZA_XMPP_PORT: String(await freePort()),
      NESTANZA_XMPP_ACCOUNTS: 'operator:secret',
    };
    const log = join(folder, 'serve.txt');
    server = new TestProcess(process.execPath, { args: [MAIN, 'serve', '--json'], env: environment, log });
    facts = await server.ready(async () => {
      const line = (await server.output()).split('\n').find((text) => text.startsWith('{"serving":'));
      return line === undefined ? undefined : (JSON.parse(line) as { serving: typeof facts }).serving;
    }, 60_000);
  }, TIMEOUT);

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }, TIMEOUT);

  /** Runs a verb to its end. */
  const nestanza = (...words: string[]) => nestanzaWith({}, ...words);

  const nestanzaWith = (settings: NodeJS.ProcessEnv, ...words: string[]) =>
    new Promise<{ code: number; out: string; error: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [MAIN, ...words],
        { env: { ...environment, ...settings } },
        (_, out, error) => resolve({ code: child.exitCode ?? -1, out, error }),
      );
    });

  it('serves, and says where, with which certificate, and for whom', () => {
    expect(facts).toMatchObject({
      domain: 'localhost',
      port: Number(environment['NESTANZA_XMPP_PORT']),
      account: { jid: 'operator@localhost', password: 'secret' },
      ca: expect.stringContaining('BEGIN CERTIFICATE'),
    });
  });

  it(
    'sends, and says when nobody answers',
    async () => {
      expect(await nestanza('send', 'operator', 'The kettle is on.')).toEqual({ code: 0, out: '', error: '' });
      expect(await nestanza('send', 'operator', 'Are you there?', '--wait', '100ms')).toMatchObject({
        code: 1,
        out: '',
      });
    },
    TIMEOUT,
  );

  it(
    'says why a call, or a publish, fails',
    async () => {
      expect(await nestanza('call', 'inventory.stock', 'TEA-01')).toMatchObject({
        code: 1,
        out: '',
        error: expect.stringContaining('unavailable'),
      });
      const published = await nestanza('pub', 'no/such/node', '1');
      expect(published).toMatchObject({ code: 1, out: '' });
      expect(published.error).toContain('item-not-found');
    },
    TIMEOUT,
  );

  it(
    'finds nothing wrong where nothing is',
    async () => {
      const { code, out } = await nestanza('doctor', '--json');
      const findings = JSON.parse(out) as { readonly check: string; readonly ok: boolean }[];
      expect({ code, ill: findings.filter(({ ok }) => !ok) }).toEqual({ code: 0, ill: [] });
    },
    TIMEOUT,
  );

  /** What is broken, and the check that finds it. `{port}` and `{ca}` are those of the server that runs. */
  const broken: readonly (readonly [string, string, string, string])[] = [
    ['an unknown way to XMPP', 'xmpp', 'NESTANZA_XMPP', 'jabber://ada@localhost'],
    ['no account', 'xmpp', 'NESTANZA_XMPP', 'xmpp://localhost'],
    ['a name that does not resolve', 'xmpp', 'NESTANZA_XMPP', 'xmpp://ada:secret@bus.invalid'],
    ['a port where nobody listens', 'xmpp', 'NESTANZA_XMPP', 'xmpp://ada:secret@localhost?address=127.0.0.1:1'],
    [
      'a certificate that nobody vouches for',
      'xmpp',
      'NESTANZA_XMPP',
      'xmpp://operator:secret@localhost?address=127.0.0.1:{port}',
    ],
    ['a wrong password', 'xmpp', 'NESTANZA_XMPP', 'xmpp://operator:wrong@localhost?address=127.0.0.1:{port}&ca={ca}'],
    ['a CA file that is not there', 'xmpp', 'NESTANZA_XMPP', 'xmpp://ada:secret@localhost?ca=/no/such/file'],
    ['a database address that is none', 'database', 'NESTANZA_DATABASE', 'mysql'],
    ['a database that does not answer', 'database', 'NESTANZA_DATABASE', 'postgres://nst:secret@127.0.0.1:1/nestanza'],
    ['a queue that is none', 'queue', 'NESTANZA_QUEUE', 'kafka'],
    ['a Redis that does not answer', 'queue', 'NESTANZA_QUEUE', 'redis://127.0.0.1:1'],
  ];

  it.each(broken)(
    'finds %s, and says what to type',
    async (...[, check, name, value]) => {
      const text = value.replace('{port}', String(facts.port)).replace('{ca}', join(folder, 'xmpp/ca.pem'));
      const { code, out } = await nestanzaWith({ [name]: text }, 'doctor', '--json');
      const findings = JSON.parse(out) as { readonly check: string; readonly ok: boolean; readonly remedy?: string }[];
      const ill = findings.filter(({ ok }) => !ok);
      expect({ code, first: ill[0]?.check }).toEqual({ code: 1, first: check }); // the embedded server lacks its database, too
      expect(ill[0]?.remedy).toContain('NESTANZA_');
    },
    TIMEOUT,
  );

  it(
    'does not stop a database that is in use, and finds none once the server has ended',
    async () => {
      const used = await nestanza('down', '--json');
      expect({ code: used.code, outcome: JSON.parse(used.out) as unknown }).toMatchObject({
        code: 1,
        outcome: { kind: 'in-use', members: [{ pid: server.pid }] },
      });
      expect(await server.stop()).toBe(true);
      expect(server.ended).toEqual({ code: 0, signal: null });
      expect(await nestanza('down')).toEqual({ code: 0, out: 'There is no database running.\n', error: '' });
    },
    TIMEOUT,
  );
});
