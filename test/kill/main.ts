import { copyFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient } from '@nestanza/xmpp';
import { ACCOUNTS, Demo } from '../support/demo.js';
import { readLedger } from '../support/orders/ledger.js';
import { outcomes } from '../support/orders/outcomes.js';
import { formatReport, verdict } from '../support/orders/verdict.js';
import { killsVerdict } from './kills-verdict.js';
import { killOptions } from './options.js';
import { plan } from './plan.js';
import { play, type RoundOutcome } from './rounds.js';

/** After the last kill every acknowledged order must be final within this. */
const FINAL_WITHIN = 60_000;

const options = killOptions(process.argv.slice(2));
console.log(`${options.rounds} kills during ${options.orders} orders, seed ${options.seed}`);

await using demo = await Demo.start();
const connection = connectClient({
  jid: `alice@${demo.domain}`,
  password: ACCOUNTS.alice,
  host: demo.host,
  port: demo.ports.xmpp,
  tls: { ca: await readFile(demo.caFile, 'utf8') },
});
await connection.start();

const played: RoundOutcome[] = [];
for (const [index, round] of plan(options).entries()) {
  const outcome = await play(round, demo, connection);
  const { kill, placements } = outcome;
  const acknowledged = placements.filter(({ orderId }) => orderId !== undefined).length;
  const back = kill.backAfter === undefined ? 'never back' : `back after ${kill.backAfter} ms`;
  console.log(
    `round ${index + 1}: killed ${kill.victim}, ${back}; ${acknowledged} of ${placements.length} acknowledged`,
  );
  played.push(outcome);
}
await connection.stop();

const kills = played.map(({ kill }) => kill);
const placements = played.flatMap((round) => round.placements);
const deadline = Math.max(...kills.map(({ at }) => at)) + FINAL_WITHIN;
const settled = await outcomes(demo.url, placements, deadline);
const findings = { placements, outcomes: settled, ledger: await readLedger(demo.data) };
const verdicts = [killsVerdict(options, kills), verdict(findings)];
console.log(`\n${verdicts.map(formatReport).join('\n')}`);
if (verdicts.some(({ faults }) => faults.length > 0)) {
  const log = join(tmpdir(), `nestanza-kill-${options.seed}.log`);
  await copyFile(join(demo.data, 'demo.log'), log);
  console.log(`\nThe demo's output: ${log}`);
  process.exitCode = 1;
}
