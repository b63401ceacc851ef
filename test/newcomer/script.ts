import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectClient, message, presence, readMessage } from '@nestanza/xmpp';
import { poll } from '../support/poll.js';
import type { RunningCommand, Shell } from './shell.js';

/** One line of the newcomer's script, and how long it took. */
export interface Step {
  readonly what: string;
  /** Milliseconds. */
  readonly took: number;
}

const ORDER = `'{"orderId":"o-1","sku":"TEA-01","quantity":2}'`;

/** What a newcomer pastes into a second application. */
const SECOND_HANDLER = `import { Subscribe } from '@nestanza/bus';
import { Injectable } from '@nestjs/common';
import { OrderPlaced, PlacedOrder } from './orders.contracts.js';

@Injectable()
export class Orders {
  @Subscribe(OrderPlaced)
  onPlaced({ orderId }: PlacedOrder): void {
    console.log(\`billing saw \${orderId}\`);
  }
}
`;

const SECOND_MODULE = `import { BusModule } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { Module } from '@nestjs/common';
import { Orders } from './orders.js';

@Module({
  imports: [BusModule.forRoot({ service: 'billing' }), DeliveryModule.forRoot()],
  providers: [Orders],
})
export class AppModule {}
`;

/**
 * A Nest developer's first fifteen minutes, from an empty folder on. Each step fails with what the terminal showed.
 * @param shell - a terminal in that empty folder
 */
export async function newcomer(shell: Shell, folder: string): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const begun = Date.now();
    const result = await work();
    steps.push({ what, took: Date.now() - begun });
    console.log(`  ${what}: ${Date.now() - begun} ms`);
    return result;
  };
  const shop = shell.in(join(folder, 'shop'));
  const billing = shell.in(join(folder, 'billing'));
  const running: RunningCommand[] = [];
  const start = (terminal: Shell) => {
    const program = terminal.start('npm start');
    running.push(program);
    return program;
  };
  try {
    await step('npx nestanza init shop', () => shell.does('npx --yes nestanza init shop'));
    let app = start(shop);
    await step('npm start', () => app.prints('To try, in another terminal'));
    await step('pub reaches sub', () => publishAndSee(shop));
    await step('send, who, call', () => talk(shop));
    await step('order 2 TEA-01 from a chat client', () => chat(app.output(), folder));
    await step('a second application joins', async () => {
      await shell.does('npx --yes nestanza init billing --join shop');
      await writeFile(join(folder, 'billing/src/orders.ts'), SECOND_HANDLER);
      await writeFile(join(folder, 'billing/src/app.module.ts'), SECOND_MODULE);
      const second = start(billing);
      await second.prints('To try, in another terminal');
      await shop.does(`npx nestanza pub orders/placed '{"orderId":"o-2","sku":"CUP-02","quantity":1}'`);
      await second.prints('billing saw o-2');
      await second.interrupt();
    });
    await step('npm test', async () => expectText(await shop.does('npm test'), '2 passed'));
    await step('a handler throws, is mended, and its message replayed', async () => {
      await app.interrupt();
      app = await failAndReplay({ shop, folder, start: () => start(shop) });
    });
    return steps;
  } finally {
    await Promise.all(running.map((program) => program.interrupt()));
  }
}

async function publishAndSee(shop: Shell): Promise<void> {
  const watching = shop.start('npx nestanza sub orders/invoiced --count 1 --json');
  // It says nothing until something comes: publish until it has seen one.
  await poll(
    async () => {
      await shop.does(`npx nestanza pub orders/placed ${ORDER} --json`);
      return watching.output().includes('900') || undefined;
    },
    { within: 60_000, what: 'the invoice' },
  );
}

async function talk(shop: Shell): Promise<void> {
  expectText(await shop.does(`npx nestanza send orders 'order 2 TEA-01' --wait 20s`), 'is placed');
  expectText(await shop.does('npx nestanza who'), 'orders@localhost/');
  const call = await shop.run('npx nestanza call orders.nothing');
  if (call.code !== 1) throw new Error(`a call that nobody answers ended with ${call.code}:\n${call.output}`);
  const wrong = await shop.run('npx nestanza dance');
  if (wrong.code !== 2) throw new Error(`an unknown verb ended with ${wrong.code}:\n${wrong.output}`);
}

/** Logs in as the terminal says, trusting the server's CA, and orders in words. */
async function chat(introduction: string, folder: string): Promise<void> {
  const [, domain, port] = /xmpp:\/\/([^:\s]+):(\d+)/.exec(introduction) ?? [];
  const [, jid, password] = /Any chat client\s+(\S+)\s+password: (\S+)/.exec(introduction) ?? [];
  if (domain === undefined || jid === undefined || password === undefined) throw new Error('The account is not shown.');
  const ca = await readFile(join(folder, 'shop/.nestanza/xmpp/ca.pem'), 'utf8');
  const client = connectClient({ jid, password, host: '127.0.0.1', port: Number(port), tls: { ca } });
  await client.start();
  try {
    const answer = new Promise<string>((resolve) => {
      client.onStanza((stanza) => {
        const { body } = readMessage(stanza);
        if (stanza.name === 'message' && body !== undefined) resolve(body);
      });
    });
    client.send(presence());
    client.send(message({ to: `orders@${domain}`, type: 'chat', body: 'order 2 TEA-01' }));
    expectText(await answer, 'is placed');
  } finally {
    await client.stop();
  }
}

interface Repair {
  readonly shop: Shell;
  readonly folder: string;
  readonly start: () => RunningCommand;
}

/** A mistake in the handler: the terminal tells it; the message is given up, and runs once after the repair. */
async function failAndReplay({ shop, folder, start }: Repair): Promise<RunningCommand> {
  const file = join(folder, 'shop/src/orders.ts');
  const right = await readFile(file, 'utf8');
  const wrong = right
    .replace('import { Bus, ', 'import { Bus, Reject, ')
    .replace(
      '    await this.bus.publish(Invoiced',
      "    throw orderId === 'o-9' ? new Reject('NO_PRICE', 'no price') : new Error('the till is stuck');\n    await this.bus.publish(Invoiced",
    );
  await writeFile(file, wrong);
  const failing = start();
  await failing.prints('To try, in another terminal');
  await shop.does(`npx nestanza pub orders/placed '{"orderId":"o-8","sku":"TEA-01","quantity":2}'`);
  await failing.prints(/Orders\.onPlaced failed, attempt \d+ of 11: .*the till is stuck/);
  await failing.prints('runs again');
  await shop.does(`npx nestanza pub orders/placed '{"orderId":"o-9","sku":"TEA-01","quantity":2}'`);
  const letter = await poll(async () => /^\d+/.exec(await shop.does('npx nestanza dlq list'))?.[0], {
    within: 30_000,
    what: 'the dead letter',
  });
  expectText(await shop.does(`npx nestanza dlq show ${letter}`), 'no price');
  await failing.interrupt();
  await writeFile(file, right);
  const mended = start();
  await mended.prints('To try, in another terminal');
  await shop.does(`npx nestanza dlq replay ${letter}`);
  const again = await shop.run(`npx nestanza dlq replay ${letter}`);
  if (again.code !== 1) throw new Error(`a second replay ended with ${again.code}:\n${again.output}`);
  expectText(await shop.does('npx nestanza dlq list'), 'There are no dead letters.');
  return mended;
}

function expectText(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`"${part}" is missing in:\n${text}`);
}
