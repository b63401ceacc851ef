import { kernelOptions } from './options.js';
import { kernelChaos } from './run.js';

const report = await kernelChaos(kernelOptions(process.argv.slice(2)));
const { attempted, acknowledged, indeterminate, recovered, lost, doubled, unexpected, orderBreaks, slowest } = report;
console.log(
  `attempted ${attempted}, acknowledged ${acknowledged}, indeterminate ${indeterminate} (${recovered} of them handled)`,
);
for (const [what, ids] of Object.entries({
  lost,
  'double effects': doubled,
  unexpected,
  'order breaks': orderBreaks,
})) {
  console.log(`${what} ${ids.length}${ids.length > 0 ? `: ${ids.slice(0, 20).join(' ')}` : ''}`);
}
console.log(
  `slowest recovery ${((slowest?.milliseconds ?? 0) / 1_000).toFixed(1)} s (${slowest?.id ?? 'none'}), time of database and XMPP server away not counted`,
);
const kills = Object.entries(report.kills);
console.log(
  `kills ${kills.reduce((sum, [, n]) => sum + n, 0)}: ${kills.map(([name, n]) => `${name} ${n}`).join(', ')}`,
);
if (report.missed.length > 0) console.log(`never came to ${report.missed.join(', ')}`);
console.log(`seed ${report.seed}, ${report.seconds} s`);
const faults = lost.length + doubled.length + unexpected.length + orderBreaks.length + report.missed.length;
if (faults > 0 || acknowledged === 0) process.exitCode = 1;
