import { describe, expect, it } from '@jest/globals';
import { type Command } from 'commander';
import { createProgram } from './program.js';

/** A verb, and those below it, with the words that lead to it. */
function verbs(command: Command, words = ''): readonly (readonly [string, Command])[] {
  return command.commands.flatMap((verb) => {
    const path = `${words}${verb.name()}`;
    return [[path, verb] as const, ...verbs(verb, `${path} `)];
  });
}

/** The program, quiet. */
function program() {
  const made = createProgram();
  for (const command of [made, ...verbs(made).map(([, verb]) => verb)])
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  return made;
}

describe('the nestanza command', () => {
  it('has a help with an example for every verb', () => {
    for (const [words, command] of verbs(program())) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(help).toContain(`$ nestanza ${words}`);
    }
  });

  it('refuses verbs and options that it does not have', async () => {
    await expect(program().parseAsync(['dance'], { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
    await expect(program().parseAsync(['serve', '--loudly'], { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
  });
});
