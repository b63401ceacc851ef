import { describe, expect, it } from '@jest/globals';
import { NestanzaError } from '@nestanza/core';
import pg from 'pg';
import { queryError, sqlState } from './sql-state.js';

function answered(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('no', 2, 'error'), { code });
}

describe('sqlState', () => {
  it('finds the code of an answer, however it is wrapped, and takes no system code for one', () => {
    expect(sqlState(answered('23505'))).toBe('23505');
    expect(sqlState(new Error('wrapped', { cause: new Error('again', { cause: answered('XX000') }) }))).toBe('XX000');
    expect(sqlState(Object.assign(new Error('pipe'), { code: 'EPIPE' }))).toBeUndefined();
    expect(sqlState('text')).toBeUndefined();
  });
});

describe('queryError', () => {
  it('leaves what PostgreSQL refused, and what never was a query, as it is', () => {
    const errors = [answered('23505'), answered('40001'), new TypeError('circular'), new NestanzaError('NST_X', 'x')];
    for (const error of errors) expect(queryError(error)).toBe(error);
  });

  it.each([answered('57P01'), answered('53300'), answered('08006'), new Error('Connection terminated unexpectedly')])(
    'makes trouble with the server a retryable error: %s',
    (error) => {
      expect(queryError(error)).toMatchObject({ code: 'NST_POSTGRES_CONNECTION_LOST', retryable: true, cause: error });
    },
  );
});
