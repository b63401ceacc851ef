import { Command } from 'commander';
import { call } from './commands/call.js';
import { down } from './commands/down.js';
import { init } from './commands/init.js';
import { pub } from './commands/pub.js';
import { send } from './commands/send.js';
import { serve } from './commands/serve.js';
import { start } from './commands/start.js';
import { sub } from './commands/sub.js';

/** The `nestanza` command with all its verbs. A command line that makes no sense is thrown as `CommanderError`. */
export function createProgram(): Command {
  const program = new Command('nestanza')
    .description('An enterprise service bus for NestJS that speaks XMPP.')
    .addHelpText('after', '\nEvery verb has its own help with an example: nestanza serve --help')
    .exitOverride();
  for (const verb of [init(), start(), serve(), down(), pub(), sub(), call(), send()])
    program.addCommand(verb.copyInheritedSettings(program));
  return program;
}
