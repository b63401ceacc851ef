import { describe, expect, it } from '@jest/globals';
import { createProgram } from './program.js';

/** The program, quiet. */
function program() {
  const made = createProgram();
  for (const command of [made, ...made.commands])
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  return made;
}

describe('the nestanza command', () => {
  it('has a help with an example for every verb', () => {
    for (const command of program().commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(help).toContain(`$ nestanza ${command.name()}`);
    }
  });

  it('refuses verbs and options that it does not have', async () => {
    await expect(program().parseAsync(['dance'], { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
    await expect(program().parseAsync(['serve', '--loudly'], { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
  });
});
