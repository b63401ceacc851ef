import { NestanzaError } from '@nestanza/core';

/** Whether something happened within so many milliseconds. What happens later is not waited for. */
export async function inTime(happening: Promise<unknown>, patience: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), patience);
  });
  try {
    return await Promise.race([happening.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a caller gets when the server was away for longer than it may wait; nothing was sent. */
export function unavailable(detail: string): NestanzaError {
  return new NestanzaError('NST_POSTGRES_UNAVAILABLE', `The database does not answer: ${detail}.`, { retryable: true });
}
