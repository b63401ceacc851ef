import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { databaseLocation } from './database-location.js';

describe('the database that is meant', () => {
  it('is the embedded one in ./.nestanza when nothing is said, or only empty variables', () => {
    const expected = { kind: 'embedded', data: resolve('.nestanza') };
    expect(databaseLocation({}, {})).toEqual(expected);
    expect(databaseLocation({}, { NESTANZA_DATABASE: '', NESTANZA_DATA: '' })).toEqual(expected);
  });

  it('is what the environment names, and options go before it', () => {
    const environment = { NESTANZA_DATABASE: 'postgres://a@b/c', NESTANZA_DATA: '/srv/data' };
    expect(databaseLocation({}, environment)).toEqual({ kind: 'external', url: 'postgres://a@b/c' });
    expect(databaseLocation({ url: 'embedded' }, environment)).toEqual({ kind: 'embedded', data: '/srv/data' });
    expect(databaseLocation({ url: 'embedded', data: '/tmp/x' }, environment)).toEqual({
      kind: 'embedded',
      data: '/tmp/x',
    });
  });

  it.each([
    'mysql://a:secret@b/c',
    'a:secret@localhost:5432',
    'postgres://a:secret@b:port/c',
    'postgres://',
    'Embedded',
  ])('cannot be %s, and the error repeats no secret', (url) => {
    const refused = { code: 'NST_POSTGRES_URL', message: expect.not.stringContaining('secret') };
    expect(() => databaseLocation({ url }, {})).toThrow(expect.objectContaining(refused));
  });
});
