import { describe, expect, it } from '@jest/globals';
import { judgeRedis } from './redis-settings.js';

const settings = (found: string) => judgeRedis(found).map(({ setting, found: value }) => `${setting} ${value}`);

describe('the settings of a Redis server', () => {
  it('are right with an append-only file and without eviction', () => {
    expect(settings('# Memory\r\nmaxmemory_policy:noeviction\r\n# Persistence\r\naof_enabled:1\r\n')).toEqual([]);
  });

  it('are reported with what they mean when they lose jobs', () => {
    const info = '# Memory\r\nmaxmemory_policy:allkeys-lru\r\n# Persistence\r\naof_enabled:0\r\n';
    expect(settings(info)).toEqual(['maxmemory-policy allkeys-lru', 'appendonly no']);
    expect(judgeRedis(info).every(({ consequence }) => consequence.includes('No message is lost'))).toBe(true);
  });

  it('are not judged where a server does not tell them', () => {
    expect(settings('redis_version:7.0.15\r\n')).toEqual([]);
  });
});
