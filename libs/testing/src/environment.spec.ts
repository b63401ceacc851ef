import { expect, it } from '@jest/globals';
import { withEnvironment } from './environment.js';

it('the environment is one after the other for everybody, and then as it was', async () => {
  process.env['NESTANZA_TRY'] = 'before';
  const seen: (string | undefined)[] = [];
  const look = async () => {
    await new Promise(setImmediate);
    seen.push(process.env['NESTANZA_TRY']);
  };
  const failing = withEnvironment({ NESTANZA_TRY: 'one' }, async () => {
    await look();
    throw new Error('refused');
  });
  const fine = withEnvironment({ NESTANZA_TRY: 'two', NESTANZA_OTHER: 'x' }, look);
  await expect(failing).rejects.toThrow('refused');
  await fine;
  expect(seen).toEqual(['one', 'two']);
  expect(process.env['NESTANZA_TRY']).toBe('before');
  expect(process.env['NESTANZA_OTHER']).toBeUndefined();
  delete process.env['NESTANZA_TRY'];
});
