import { beforeAll, describe, expect, it } from '@jest/globals';
import { blocks } from './blocks.js';
import { compileBlocks } from './compile.js';

const all = blocks();
let faults: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  faults = compileBlocks(all);
}, 120_000);

describe('an example', () => {
  it.each(all.map(({ at }) => at))('at %s compiles', (at) => {
    expect(faults.get(at)).toEqual([]);
  });

  it('that does not compile would be found', () => {
    const wrong = { at: 'nowhere:1', code: 'bus.publish(OrderPlaced, { orderId: 7 });', assumes: true };
    expect(compileBlocks([wrong]).get('nowhere:1')).toEqual([expect.stringContaining('TS2769')]);
  });
});
