import { once } from 'node:events';
import { errorText } from '@nestanza/core';
import { HELP, readArguments } from './arguments.js';
import { startDemo } from './demo.js';
import { playOnce } from './once/play-once.js';
import { Screen } from './supervisor/screen.js';
import { welcome } from './welcome.js';

const screen = new Screen({
  write: (text) => process.stdout.write(text),
  colours: process.stdout.isTTY,
  now: Date.now,
});
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ending.abort());

/** The exit code of the whole. */
async function main(): Promise<number> {
  const { help, once: playsOnce } = readArguments(process.argv.slice(2));
  if (help) {
    screen.say(HELP);
    return 0;
  }
  await using demo = await startDemo({ screen, temporary: playsOnce, signal: ending.signal });
  if (playsOnce) return (await playOnce(demo.running, { screen, signal: ending.signal })) ? 0 : 1;
  screen.say(welcome(demo.running));
  if (!ending.signal.aborted) await once(ending.signal, 'abort');
  screen.say('Draining …');
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  screen.say(errorText(error));
  process.exitCode = 1;
}
