import { NestanzaError } from '@nestanza/core';
import { Command } from 'commander';
import { readChannel } from '../address.js';
import { inspecting, type Inspection } from '../inspection.js';
import { columns, printJson, printLines } from '../output.js';

const EXAMPLE = `
Examples
  $ nestanza trace 01a20d07-de39-737b-89fe-d17e1fa773e5
  received  2026-11-24T10:00:00.000Z  orders  pubsub:orders/placed
  $ nestanza trace 01a20d07-de39-737b-89fe-d17e1fa773e5 --node orders/placed

The id is that of the message; with --node that of a bare item on it. Ids are remembered for seven days.
Exit code 1 when no service has seen it.
`;

type Stop = Awaited<ReturnType<Inspection['trace']>>[number];

/** `nestanza trace`: where one message has been, and is. */
export function trace(): Command {
  return new Command('trace')
    .description('show where a message has been and is, with times')
    .argument('<id>', 'id of the message')
    .option('--node <channel>', 'it is the id of an item that was published bare there')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(id: string, { node, json }: { readonly node?: string; readonly json?: boolean }): Promise<void> {
  const stops = await inspecting((inspection) => inspection.trace(node === undefined ? id : bareId(node, id)));
  if (stops.length === 0) {
    throw new NestanzaError('NST_CLI_NO_TRACE', `No service of this database has seen the message ${id}.`, {
      facts: { id },
    });
  }
  if (json) printJson(stops);
  else printLines(columns(stops.map((stop) => lineOf(stop))));
}

/** Identity of a bare item: its node and item id together. */
function bareId(node: string, item: string): string {
  return `node=${encodeURIComponent(readChannel(node, 'pubsub').name)};item=${encodeURIComponent(item)}`;
}

function lineOf({ stop, at, group, channel, attempts, reason, dueAt, letter }: Stop): readonly string[] {
  const details = [
    attempts > 0 ? `${attempts} failed attempts` : '',
    reason ?? '',
    dueAt === null ? '' : `next at ${dueAt.toISOString()}`,
    letter === null ? '' : `nestanza dlq show ${letter}`,
  ];
  const time = at?.toISOString() ?? '';
  return [stop, time, group, channel, details.filter((detail) => detail !== '').join('; ')];
}
