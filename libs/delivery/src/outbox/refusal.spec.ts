import { describe, expect, it } from '@jest/globals';
import { NestanzaError } from '@nestanza/core';
import { StanzaError, type StanzaErrorCondition } from '@nestanza/xmpp';
import { judgeSendFailure, resendDelay } from './refusal.js';

describe('a send that failed', () => {
  it.each<[StanzaErrorCondition, string]>([
    ['item-not-found', 'again'],
    ['service-unavailable', 'again'],
    ['remote-server-not-found', 'again'],
    ['resource-constraint', 'again'],
    ['internal-server-error', 'again'],
    ['forbidden', 'refused'],
    ['not-acceptable', 'refused'],
    ['not-allowed', 'refused'],
    ['feature-not-implemented', 'refused'],
  ])('with %s is to be judged %s', (condition, judgement) => {
    expect(judgeSendFailure(new StanzaError(condition))).toBe(judgement);
  });

  it('without a stream waits for the next one, uncounted', () => {
    expect(judgeSendFailure(new NestanzaError('NST_XMPP_OFFLINE', 'offline', { retryable: true }))).toBe('offline');
    expect(judgeSendFailure(new NestanzaError('NST_XMPP_TIMEOUT', 'no answer', { retryable: true }))).toBe('again');
  });

  it('is repeated after a time that doubles up to a minute, half of it random', () => {
    expect([0, 1, 2, 8, 20].map((attempts) => resendDelay(attempts, 0))).toEqual([125, 250, 500, 30_000, 30_000]);
    expect(resendDelay(20, 0.999_99)).toBeCloseTo(60_000, -1);
  });
});
