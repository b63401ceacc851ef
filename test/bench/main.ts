import { errorText } from '@nestanza/core';
import { readdir } from 'node:fs/promises';
import { compare } from './compare.js';
import { benchOptions } from './options.js';
import { jsonLine, resultOf, textLine } from './result.js';
import type { Scenario } from './scenario.js';

const FILE = /^(.+)\.bench\.js$/;

async function bench(args: readonly string[]): Promise<void> {
  const known = (await readdir(import.meta.dirname)).flatMap((file) => FILE.exec(file)?.[1] ?? []);
  const options = benchOptions(args, known);
  const { scenario } = (await import(`./${options.scenario}.bench.js`)) as { readonly scenario: Scenario };
  for (const group of scenario.groups) {
    const figures = await compare(group, options);
    const where = { scenario: options.scenario, concurrency: group.concurrency };
    const [ours, peers] = [figures.slice(0, group.ours.length), figures.slice(group.ours.length)];
    for (const result of ours.flatMap((own) => peers.map((peer) => resultOf(where, own, peer)))) {
      console.log(options.json ? jsonLine(result) : textLine(result));
    }
  }
}

await bench(process.argv.slice(2)).catch((error: unknown) => {
  console.error(errorText(error));
  process.exitCode = 1;
});
