import { describe, expect, it } from '@jest/globals';
import { ContractError } from '@nestanza/contracts';
import { ConflictException, ForbiddenException, InternalServerErrorException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { settle } from './outcome.js';
import { Reject, RetryAfter } from './settlement.js';

describe('what a thrown value makes of its message', () => {
  it.each([
    ['an error', new Error('x'), { outcome: 'retry' }],
    ['a 5xx exception', new InternalServerErrorException(), { outcome: 'retry' }],
    ['a text', 'x', { outcome: 'retry' }],
    ['RetryAfter a date', new RetryAfter(new Date(5_000)), { outcome: 'later', at: 5_000 }],
    ['Reject', new Reject('NO', 'never'), { outcome: 'reject', code: 'NO', reason: 'never' }],
    ['a declared error', new ContractError('GONE', {}), { outcome: 'reject', code: 'GONE' }],
    ['a forbidding guard', new ForbiddenException(), { outcome: 'reject', code: 'NST_BUS_FORBIDDEN' }],
    ['another 4xx exception', new ConflictException(), { outcome: 'reject', code: 'HTTP_409' }],
    ['an RpcException', new RpcException('no'), { outcome: 'reject', code: 'NST_BUS_REFUSED', reason: 'no' }],
  ])('%s', (_, thrown, expected) => {
    expect(settle(thrown)).toMatchObject(expected);
  });
});
