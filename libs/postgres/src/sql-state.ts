import { NestanzaError } from '@nestanza/core';
import pg from 'pg';

/** Classes of SQLSTATE begin with a digit, or with F, H, P or X; system codes like EPIPE do not. */
const SQLSTATE = /^[0-9FHPX][0-9A-Z]{4}$/;

/** The SQLSTATE of an error PostgreSQL answered with, also when TypeORM wrapped it or it is the cause of one of ours. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string' && SQLSTATE.test(error.code)) return error.code;
  return 'cause' in error ? sqlState(error.cause) : undefined;
}

/** 08: connection exception · 53: out of resources · 57: stopped, starting up, cancelled by an operator · 58: I/O. */
const SERVER_TROUBLE = /^(08|53|57|58)/;

/**
 * The error of a query as its caller sees it. What PostgreSQL refused, and what never was a query, stay as they are;
 * trouble with the server or the way to it becomes a retryable `NST_POSTGRES_CONNECTION_LOST`.
 */
export function queryError(error: unknown): unknown {
  const refused = error instanceof pg.DatabaseError && !SERVER_TROUBLE.test(error.code ?? '');
  if (refused || error instanceof NestanzaError || error instanceof TypeError) return error;
  return new NestanzaError(
    'NST_POSTGRES_CONNECTION_LOST',
    'The connection to the database was lost; whether the statement took effect is unknown.',
    { retryable: true, cause: error },
  );
}
