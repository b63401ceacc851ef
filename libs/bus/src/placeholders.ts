import { NestanzaError } from '@nestanza/core';

/** Looks a configuration key up; `undefined` where it is not set. */
export type ConfigLookup = (key: string) => unknown;

const PLACEHOLDER = /\$\{([^{}]+)\}/g;

/**
 * The text with each `${key}` replaced by its configured value.
 * @throws NestanzaError `NST_BUS_PLACEHOLDER` naming the first key that is not set
 * @example resolvePlaceholders('pubsub:${partner.node}', lookup)
 */
export function resolvePlaceholders(text: string, lookup: ConfigLookup): string {
  return text.replace(PLACEHOLDER, (_, key: string) => {
    const value = lookup(key);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new NestanzaError('NST_BUS_PLACEHOLDER', `"\${${key}}" in "${text}" is not configured.`, {
      facts: { key, text },
    });
  });
}

/** Keys in the environment: as written, else in capitals with underscores: `partner.node` is `PARTNER_NODE` too. */
export function environmentLookup(environment: Readonly<Record<string, string | undefined>>): ConfigLookup {
  return (key) => environment[key] ?? environment[key.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()];
}
