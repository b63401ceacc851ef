import { readFile } from 'node:fs/promises';

/** The kernel counts the CPU time of other processes in ticks of 10 ms. */
const MICROSECONDS_PER_TICK = 10_000;

/** Microseconds of CPU, user and system, that this process and the given ones have used so far. */
export async function cpuTime(pids: readonly number[] = []): Promise<number> {
  const own = process.cpuUsage();
  const others = await Promise.all(pids.map(ticksOf));
  return own.user + own.system + others.reduce((sum, ticks) => sum + ticks, 0) * MICROSECONDS_PER_TICK;
}

async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may itself hold spaces: fields are counted behind it (proc(5): utime 14, stime 15).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
