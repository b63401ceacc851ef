import { NestanzaError } from './errors.js';

/** A length of time: milliseconds, or a number with one unit (`'250ms'`, `'30s'`, `'5m'`, `'24h'`, `'7d'`). */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * The duration in milliseconds.
 * @throws NestanzaError `NST_CORE_DURATION` for a negative number, an unknown unit or text that is no duration
 */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number' && Number.isFinite(duration) && duration >= 0) return duration;
  const match = PATTERN.exec(String(duration));
  if (match === null) {
    throw new NestanzaError(
      'NST_CORE_DURATION',
      `"${duration}" is no duration: write milliseconds, or e.g. "30s", "5m", "24h".`,
      {
        facts: { duration: String(duration) },
      },
    );
  }
  return Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS];
}
