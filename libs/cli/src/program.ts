import { Command } from 'commander';
import { down } from './commands/down.js';
import { serve } from './commands/serve.js';

/** The `nestanza` command with all its verbs; `parseAsync` runs one. */
export function createProgram(): Command {
  return new Command('nestanza')
    .description('An enterprise service bus for NestJS that speaks XMPP.')
    .addCommand(serve())
    .addCommand(down())
    .addHelpText('after', '\nEvery verb has its own help with an example: nestanza serve --help\n');
}
