import { describe, expect, it } from '@jest/globals';
import { laneOf, LANES } from './lane-hash.js';
import type { LaneRow } from './lane-row.js';
import { Lanes, type StartedRow } from './lanes.js';

const row = (id: number, { lane = 0, key, ...rest }: Partial<LaneRow> = {}): LaneRow => ({
  id,
  lane,
  key,
  sender: 'shop@localhost',
  messageId: `m${id}`,
  envelope: '{}',
  attempts: 0,
  deliveries: 0,
  receivedAt: 0,
  later: false,
  ...rest,
});

function owning(lanes: readonly number[], inflight = 32): Lanes {
  const state = new Lanes({ inflight });
  state.own(lanes.map((lane) => ({ lane, epoch: '1' })));
  return state;
}

function load(lanes: Lanes, rows: readonly LaneRow[]): void {
  const request = lanes.beginRead();
  if (request === undefined) throw new Error('nothing to read');
  lanes.loaded(request, rows);
}

function start(lanes: Lanes): StartedRow {
  const started = lanes.start();
  if (started === undefined) throw new Error('nothing to start');
  return started;
}

describe('the lanes of a process', () => {
  it('are read once there is news, forward from the last row read', () => {
    const lanes = owning([3]);
    load(lanes, [row(7, { lane: 3 })]);
    expect(lanes.beginRead()).toBeUndefined();
    lanes.news([3]);
    expect(lanes.beginRead()?.lanes).toEqual([{ lane: 3, epoch: '1', after: 7 }]);
  });

  it('are read on while a read brought as many rows as it asked for', () => {
    const lanes = owning([0], 2);
    load(lanes, [row(1), row(2), row(3), row(4)]);
    expect(lanes.beginRead()?.lanes[0]?.after).toBe(4);
  });

  it('start one row of a key at a time, in order, and other keys beside it', () => {
    const lanes = owning([0]);
    load(lanes, [row(1, { key: 'a' }), row(2, { key: 'a' }), row(3, { key: 'b' })]);
    const first = start(lanes);
    const other = start(lanes);
    expect([first.row.id, other.row.id]).toEqual([1, 3]);
    expect(lanes.peek()).toBeUndefined();
    lanes.finished(first);
    expect(start(lanes).row.id).toBe(2);
  });

  it('hold back a key whose first row waits, and read its rows again when that one is done', () => {
    const lanes = owning([0]);
    load(lanes, [row(1, { key: 'a' }), row(2, { key: 'a' }), row(3, { key: 'a' })]);
    lanes.blocked(start(lanes));
    expect(lanes.inMemory).toEqual([]);
    lanes.beginDue();
    lanes.due([row(1, { key: 'a', attempts: 1 })]);
    lanes.finished(start(lanes));
    const refill = lanes.beginRefill();
    expect(refill).toMatchObject({ key: 'a', range: { first: 2, last: 3 } });
    if (refill !== undefined) lanes.refilled(refill, [row(2, { key: 'a' }), row(3, { key: 'a' })]);
    lanes.finished(start(lanes));
    expect(start(lanes).row.id).toBe(3);
  });

  it('let only the row that its key waits for run when it is due', () => {
    const lanes = owning([0]);
    load(lanes, [row(1, { key: 'a', later: true }), row(2, { key: 'a' })]);
    lanes.beginDue();
    lanes.due([row(2, { key: 'a' })]);
    expect(lanes.peek()).toBeUndefined();
  });

  it('do not run a row again that ended while due rows were looked for', () => {
    const lanes = owning([0]);
    load(lanes, [row(1)]);
    const started = start(lanes);
    lanes.beginDue();
    lanes.finished(started);
    lanes.due([row(1, { attempts: 1 })]);
    expect(lanes.peek()).toBeUndefined();
  });

  it('forget everything of a lane that is lost, and ignore what its rows still report', () => {
    const lanes = owning([0]);
    load(lanes, [row(1, { key: 'a' }), row(2, { key: 'a' })]);
    const started = start(lanes);
    lanes.own([{ lane: 0, epoch: '2' }]);
    lanes.finished(started);
    expect(lanes.inMemory).toEqual([]);
    load(lanes, [row(1, { key: 'a' })]);
    expect(start(lanes)).toMatchObject({ row: { id: 1 }, epoch: '2' });
  });

  it('give a lane away only when nothing of it runs, and start nothing more of it', () => {
    const lanes = owning([0]);
    load(lanes, [row(1), row(2)]);
    const started = start(lanes);
    lanes.shed(1);
    expect(lanes.releasable).toEqual([]);
    expect(lanes.peek()).toBeUndefined();
    lanes.finished(started);
    expect(lanes.releasable).toEqual([0]);
  });

  it('keep no more rows in memory than twenty times those that run at once', () => {
    const lanes = owning([0], 2);
    for (let id = 1; lanes.inMemory.length < 40; id += 4)
      load(
        lanes,
        [0, 1, 2, 3].map((n) => row(id + n)),
      );
    lanes.news();
    expect(lanes.beginRead()).toBeUndefined();
  });

  it('start a suspect before others', () => {
    const lanes = owning([0]);
    load(lanes, [row(1), row(2, { deliveries: 2 })]);
    expect(lanes.peek()?.id).toBe(2);
  });
});

describe('any history of reads, ends, failures and wake-ups', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('ends every row once, each key in order (seed %i)', (seed) => {
    const random = generator(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const lanes = owning([0, 1, 2], 4);
    /** The table: rows by id, and those among them that wait. */
    const table = new Map<number, LaneRow>();
    const waiting = new Set<number>();
    const running: StartedRow[] = [];
    const ended: LaneRow[] = [];
    const total = 400;
    let next = 1;
    const read = (rows: Iterable<LaneRow>) => [...rows].map((each) => ({ ...each, later: waiting.has(each.id) }));
    for (let step = 0; ended.length < total; step += 1) {
      if (step > 100_000) throw new Error('stuck');
      const turn = below(6);
      if (turn === 0 && next <= total) {
        const key = below(3) === 0 ? undefined : `k${below(5)}`;
        const lane = key === undefined ? below(3) : Number(key.slice(1)) % 3;
        table.set(next, row(next, { key, lane }));
        next += 1;
        if (below(2) === 0) lanes.news([lane]);
      } else if (turn === 1) {
        lanes.news();
        const request = lanes.beginRead();
        const rows = request?.lanes.flatMap(({ lane, after }) =>
          [...table.values()].filter((each) => each.lane === lane && each.id > after).slice(0, request.limit),
        );
        if (request && rows) lanes.loaded(request, read(rows.sort((a, b) => a.id - b.id)));
      } else if (turn === 2 && lanes.peek() !== undefined && running.length < 4) {
        running.push(start(lanes));
      } else if (turn === 3 && running.length > 0) {
        const [started] = running.splice(below(running.length), 1);
        if (started === undefined) continue;
        const fate = below(10);
        if (fate === 0) lanes.putBack(started);
        else if (fate < 4) {
          waiting.add(started.row.id);
          lanes.blocked(started);
        } else {
          table.delete(started.row.id);
          waiting.delete(started.row.id);
          ended.push(started.row);
          lanes.finished(started);
        }
      } else if (turn === 4) {
        const refill = lanes.beginRefill();
        if (refill === undefined) continue;
        const { key, range, limit } = refill;
        const rows = [...table.values()].filter(
          (each) => each.key === key && each.id >= range.first && each.id <= range.last,
        );
        lanes.refilled(refill, read(rows.slice(0, limit)));
      } else if (turn === 5) {
        const request = lanes.beginDue();
        if (request === undefined) continue;
        const due = [...waiting].filter(() => below(2) === 0);
        for (const id of due) waiting.delete(id);
        // Due rows stay due until they end: a row that runs is shown as well.
        const shown = [...table.values()].filter(
          ({ id }) => due.includes(id) || running.some((started) => started.row.id === id),
        );
        lanes.due(shown);
        // What could not run now is due again at the next look.
        for (const id of due) if (!lanes.inMemory.includes(id)) waiting.add(id);
      }
    }
    expect(new Set(ended.map(({ id }) => id)).size).toBe(total);
    for (let key = 0; key < 5; key += 1) {
      const ids = ended.filter((each) => each.key === `k${key}`).map(({ id }) => id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
  });
});

describe('the lane of a key', () => {
  it('is always the same, and keys spread over all lanes evenly', () => {
    const counts = new Array<number>(LANES).fill(0);
    for (let n = 0; n < 32_000; n += 1) counts[laneOf(`order-${n}`)] = (counts[laneOf(`order-${n}`)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
    // Stored rows rely on it.
    expect([laneOf(''), laneOf('order-1'), laneOf('ünï')]).toEqual([25, 18, 7]);
  });
});

/** A small generator of repeatable random numbers in [0, 1): the minimal standard of Park and Miller. */
function generator(seed: number): () => number {
  let state = seed * 7_919;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
