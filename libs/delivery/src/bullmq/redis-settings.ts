/** A setting of a Redis server that lets jobs disappear, and what that means. */
export interface RedisFinding {
  /** The line of redis.conf to change. */
  readonly setting: string;
  /** What it should be. */
  readonly wanted: string;
  /** What it is. */
  readonly found: string;
  readonly consequence: string;
}

/** Rows of PostgreSQL are the messages, so a lost job is a lost hint; only what others put into the queue has no row. */
const HINTS =
  'No message is lost: waiting messages and dead letters stay as rows, and their jobs are made again within a second. Jobs that your own code adds to the queue are lost.';

/** What is wrong with the settings of a server, by its answer to `INFO`. A setting it does not tell is not judged. */
export function judgeRedis(info: string): readonly RedisFinding[] {
  const facts = new Map(
    info.split(/\r?\n/).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const),
  );
  const findings: RedisFinding[] = [];
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    findings.push({
      setting: 'maxmemory-policy',
      wanted: 'noeviction',
      found: policy,
      consequence: `Redis drops jobs when its memory is full. ${HINTS}`,
    });
  }
  if (facts.get('aof_enabled') === '0') {
    findings.push({
      setting: 'appendonly',
      wanted: 'yes',
      found: 'no',
      consequence: `A crash of Redis empties the queue. ${HINTS}`,
    });
  }
  return findings;
}
