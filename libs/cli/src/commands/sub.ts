import { type ReceivedItem } from '@nestanza/bus/internal';
import { presence, type Unsubscribe } from '@nestanza/xmpp';
import { Command, InvalidArgumentError } from 'commander';
import { readChannel } from '../address.js';
import { onTheBus } from '../link.js';
import { untilSignal } from '../until-signal.js';

const EXAMPLE = `
Examples
  $ nestanza sub orders/status
  $ nestanza sub orders/status --count 1 --json
`;

interface Options {
  readonly count: number;
  readonly json?: boolean;
}

/** `nestanza sub`: shows what is published from now on. */
export function sub(): Command {
  return new Command('sub')
    .description('show the items of a PubSub node as they are published')
    .argument('<channel>', 'orders/status, or pubsub://<service>/<node>')
    .option('--count <n>', 'end after so many; default: at Ctrl-C', positive, Infinity)
    .option('--json', 'print each item as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(word: string, { count, json = false }: Options): Promise<void> {
  const channel = readChannel(word, 'pubsub');
  await onTheBus(async ({ transport }) => {
    let left = count;
    let unsubscribe: Unsubscribe = () => undefined;
    const enough = new Promise<void>((resolve) => {
      transport.connection.send(presence());
      unsubscribe = transport.subscribe(channel, {
        onSubscribed: () => undefined,
        onItem: (item) => {
          if (left > 0) process.stdout.write(`${show(item, json)}\n`);
          left -= 1;
          if (left === 0) resolve();
        },
      });
    });
    await Promise.race([enough, untilSignal()]);
    unsubscribe();
  });
}

function show({ id, payload, publisher }: ReceivedItem, json: boolean): string {
  return json ? JSON.stringify({ id, publisher, payload: payload?.text }) : `${id}  ${payload?.text ?? ''}`;
}

function positive(word: string): number {
  const count = Number(word);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It has to be a whole number above 0.');
}
