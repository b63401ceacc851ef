#!/usr/bin/env node
import { errorText } from '@nestanza/core';
import { CommanderError } from 'commander';
import { readEnvironmentFile } from './environment-file.js';
import { createProgram } from './program.js';

try {
  readEnvironmentFile();
  await createProgram().parseAsync();
} catch (error) {
  // Commander has said itself what was wrong, or shown the help.
  if (!(error instanceof CommanderError)) process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : 1;
}
