import { Command } from 'commander';
import { down } from './commands/down.js';
import { serve } from './commands/serve.js';

/** The `nestanza` command with all its verbs. A command line that makes no sense is thrown as `CommanderError`. */
export function createProgram(): Command {
  const program = new Command('nestanza')
    .description('An enterprise service bus for NestJS that speaks XMPP.')
    .addHelpText('after', '\nEvery verb has its own help with an example: nestanza serve --help')
    .exitOverride();
  for (const verb of [serve(), down()]) program.addCommand(verb.copyInheritedSettings(program));
  return program;
}
