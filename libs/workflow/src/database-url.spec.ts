import { describe, expect, it } from '@jest/globals';
import { databaseUrl } from './database-url.js';

describe('the address of a data source', () => {
  it('is the URL it was made with, or one made of the parts', () => {
    expect(databaseUrl({ options: { type: 'postgres', url: 'postgres://a:b@c:1/d' } })).toBe('postgres://a:b@c:1/d');
    const parts = { host: 'db', port: 5433, username: 'ada', password: 'p@ss/word', database: 'shop' };
    expect(databaseUrl({ options: { type: 'postgres', ...parts } })).toBe('postgres://ada:p%40ss%2Fword@db:5433/shop');
  });

  it('is refused where it is no PostgreSQL', () => {
    expect(() => databaseUrl({ options: { type: 'mysql' } })).toThrow(
      expect.objectContaining({ code: 'NST_WORKFLOW_STARTUP' }),
    );
  });
});
