import { type Clock, type Timer } from '@nestanza/core';

export interface AttendanceOptions {
  readonly services: readonly string[];
  /** How long a service may be away before it counts as missing, in milliseconds. */
  readonly missingAfter: number;
  readonly clock: Clock;
  readonly onMissing: (service: string) => void;
  readonly onPresent: (service: string) => void;
}

/**
 * Who is here, and who has been away for too long. Absence is measured only while we can see: when our own connection
 * is gone, everybody seems to be away.
 */
export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #absent = new Map<string, Timer | undefined>();
  #seeing = false;

  constructor(options: AttendanceOptions) {
    this.#options = options;
    for (const service of options.services) this.#absent.set(service, undefined);
  }

  /** Measuring begins anew for everybody who is away. */
  see(): void {
    this.#seeing = true;
    for (const service of this.#absent.keys()) this.#wait(service);
  }

  /** Nobody is missed until `see`. */
  lookAway(): void {
    this.#seeing = false;
    for (const timer of this.#absent.values()) timer?.cancel();
  }

  arrived(service: string): void {
    if (!this.#options.services.includes(service)) return;
    this.#absent.get(service)?.cancel();
    this.#absent.delete(service);
    this.#options.onPresent(service);
  }

  left(service: string): void {
    if (!this.#options.services.includes(service) || this.#absent.has(service)) return;
    this.#absent.set(service, undefined);
    if (this.#seeing) this.#wait(service);
  }

  #wait(service: string): void {
    this.#absent.get(service)?.cancel();
    const { clock, missingAfter, onMissing } = this.#options;
    this.#absent.set(
      service,
      clock.after(missingAfter, () => onMissing(service)),
    );
  }
}
