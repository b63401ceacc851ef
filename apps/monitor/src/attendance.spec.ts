import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock } from '@nestanza/core';
import { Attendance } from './attendance.js';

/** A clock whose time passes when it is told to. */
class HandClock implements Clock {
  #now = 0;
  #due = new Set<{ at: number; task: () => void }>();

  now = () => this.#now;

  after(delay: number, task: () => void) {
    const entry = { at: this.#now + delay, task };
    this.#due.add(entry);
    return { cancel: () => void this.#due.delete(entry) };
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const entry of Array.from(this.#due)) {
      if (entry.at > this.#now) continue;
      this.#due.delete(entry);
      entry.task();
    }
  }
}

describe('attendance', () => {
  let clock: HandClock;
  let said: string[];
  let attendance: Attendance;

  beforeEach(() => {
    clock = new HandClock();
    said = [];
    attendance = new Attendance({
      services: ['orders', 'billing'],
      missingAfter: 5_000,
      clock,
      onMissing: (service) => said.push(`${service} missing`),
      onPresent: (service) => said.push(`${service} here`),
    });
    attendance.see();
  });

  it('misses who does not come within the time allowed, once', () => {
    attendance.arrived('orders');
    clock.pass(4_999);
    expect(said).toEqual(['orders here']);
    clock.pass(1);
    clock.pass(60_000);
    expect(said).toEqual(['orders here', 'billing missing']);
  });

  it('misses nobody who is back in time', () => {
    attendance.arrived('orders');
    attendance.arrived('billing');
    attendance.left('billing');
    clock.pass(4_000);
    attendance.arrived('billing');
    clock.pass(60_000);
    expect(said).toEqual(['orders here', 'billing here', 'billing here']);
  });

  it('counts from the first word of an absence', () => {
    attendance.arrived('orders');
    attendance.arrived('billing');
    attendance.left('billing');
    clock.pass(3_000);
    attendance.left('billing');
    clock.pass(2_000);
    expect(said).toContain('billing missing');
  });

  it('misses nobody while it cannot see, and begins anew afterwards', () => {
    clock.pass(4_000);
    attendance.lookAway();
    clock.pass(60_000);
    expect(said).toEqual([]);
    attendance.see();
    clock.pass(4_999);
    expect(said).toEqual([]);
    clock.pass(1);
    expect(said).toEqual(['orders missing', 'billing missing']);
  });

  it('does not care about strangers', () => {
    attendance.arrived('coffee');
    attendance.left('coffee');
    clock.pass(60_000);
    expect(said).toEqual(['orders missing', 'billing missing']);
  });
});
