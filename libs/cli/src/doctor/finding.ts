import { errorText } from '@nestanza/core';

/** What one look has found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly ok: boolean;
  readonly says: string;
  /** What to type or change; absent where nothing is wrong. */
  readonly remedy?: string;
}

/** A look at one part of the surroundings; it throws when that cannot be reached at all. */
export interface Check {
  readonly name: string;
  look(): Promise<readonly Finding[]>;
  /** What to type or change when it throws. */
  remedyFor(error: unknown): string;
  /** What has been found when it throws. Default: the error's text. */
  sentence?(error: unknown): string;
}

/** All findings, in the order of the checks, which are made one after another. */
export async function examine(checks: readonly Check[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    try {
      findings.push(...(await check.look()));
    } catch (error) {
      const says = check.sentence?.(error) ?? errorText(error);
      findings.push({ check: check.name, ok: false, says, remedy: check.remedyFor(error) });
    }
  }
  return findings;
}
