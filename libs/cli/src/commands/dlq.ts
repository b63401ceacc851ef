import type { DeadLetter } from '@nestanza/delivery';
import { NestanzaError } from '@nestanza/core';
import { Command } from 'commander';
import { inspecting } from '../inspection.js';
import { columns, printJson, printLines } from '../output.js';

const EXAMPLE = `
Examples
  $ nestanza dlq list
  7  2026-11-24T10:00:00.000Z  orders  Orders.onPlaced  NST_BUS_INVALID  quantity must not be less than 1
  $ nestanza dlq show 7
  $ nestanza dlq replay 7
  $ nestanza dlq discard 7

Environment: NESTANZA_DATABASE, NESTANZA_DATA.
`;

interface Options {
  readonly service?: string;
  readonly json?: boolean;
}

type ListOptions = Options & { readonly handler?: string; readonly code?: string; readonly limit: string };

/** `nestanza dlq`: messages that were given up. */
export function dlq(): Command {
  const command = new Command('dlq').description('dead letters: messages given up').addHelpText('after', EXAMPLE);
  verb(command, 'list', 'list them, the newest first')
    .option('--handler <name>', 'only those of Orders.onPlaced')
    .option('--code <code>', 'only those of this error code')
    .option('--limit <n>', 'at most so many', '50')
    .action(list);
  verb(command, 'show', 'show one with its message and every attempt').argument('<id>').action(show);
  verb(command, 'replay', 'run it again from its first attempt, once').argument('<id>').action(replay);
  verb(command, 'discard', 'throw it away for good').argument('<id>').action(discard);
  return command;
}

function verb(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--service <name>', 'only those of this service')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', `\nExample\n  $ nestanza dlq ${name}${name === 'list' ? '' : ' 7'}`);
}

async function list({ service, json, handler, code, limit }: ListOptions): Promise<void> {
  const page = { limit: Number(limit), ...(handler && { handler }), ...(code && { code }) };
  const letters = await inspecting((inspection) => inspection.letters.letters(page), { service });
  if (json) printJson(letters);
  else if (letters.length === 0) printLines(['There are no dead letters.']);
  else printLines(columns(letters.map((letter) => lineOf(letter))));
}

function lineOf({ id, at, service, handler, code, reason }: DeadLetter): readonly string[] {
  return [id, at.toISOString(), service, handler, code, reason.split('\n', 1)[0]!];
}

async function show(id: string, { service, json }: Options): Promise<void> {
  const letter = await inspecting((inspection) => inspection.letters.letter(id), { service });
  if (letter === undefined) throw gone(id);
  if (json) printJson(letter);
  else printLines(inWords(letter));
}

function inWords(letter: DeadLetter): readonly string[] {
  const { id, channel, handler, sender, messageId, code, reason, attempts, receivedAt, at } = letter;
  return [
    `Dead letter ${id} of ${letter.service}`,
    ...columns([
      ['  handler', `${handler}, ${attempts} attempts`],
      ['  message', `${messageId} on ${channel}`],
      ['  sender', sender],
      ['  received', receivedAt.toISOString()],
      ['  given up', at.toISOString()],
      ['  reason', `${code}: ${reason}`],
      ['  content', letter.envelope],
    ]),
    ...(letter.stack === null ? [] : ['', letter.stack]),
    '',
    `Run it again: nestanza dlq replay ${id}`,
  ];
}

async function replay(id: string, { service, json }: Options): Promise<void> {
  if (!(await inspecting((inspection) => inspection.letters.replay(id), { service }))) throw gone(id);
  if (json) printJson({ replayed: id });
  else printLines([`Dead letter ${id} runs again.`]);
}

async function discard(id: string, { service, json }: Options): Promise<void> {
  if (!(await inspecting((inspection) => inspection.letters.discard(id), { service }))) throw gone(id);
  if (json) printJson({ discarded: id });
  else printLines([`Dead letter ${id} is gone.`]);
}

function gone(id: string): NestanzaError {
  return new NestanzaError('NST_CLI_NO_LETTER', `There is no dead letter ${id}: replayed or discarded before.`, {
    facts: { letter: id },
  });
}
