import { Command } from 'commander';
import { call } from './commands/call.js';
import { dlq } from './commands/dlq.js';
import { doctor } from './commands/doctor.js';
import { down } from './commands/down.js';
import { init } from './commands/init.js';
import { node } from './commands/node.js';
import { pub } from './commands/pub.js';
import { send } from './commands/send.js';
import { serve } from './commands/serve.js';
import { start } from './commands/start.js';
import { sub } from './commands/sub.js';
import { trace } from './commands/trace.js';
import { user } from './commands/user.js';
import { who } from './commands/who.js';
import { VERSION } from './version.js';

/** The `nestanza` command with all its verbs. A command line that makes no sense is thrown as `CommanderError`. */
export function createProgram(): Command {
  const program = new Command('nestanza')
    .version(VERSION)
    .description('An enterprise service bus for NestJS that speaks XMPP.')
    .addHelpText('after', '\nEvery verb has its own help with an example: nestanza serve --help')
    .exitOverride();
  for (const verb of [
    init(),
    start(),
    serve(),
    down(),
    pub(),
    sub(),
    call(),
    send(),
    who(),
    node(),
    user(),
    dlq(),
    trace(),
    doctor(),
  ])
    program.addCommand(verb.copyInheritedSettings(program));
  return program;
}
