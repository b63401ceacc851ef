import { isIPv6 } from 'node:net';
import { toASCII, toUnicode } from 'tr46';

/** Lower-case names of letters, digits and hyphens, none of them an A-label: nearly all there are. */
const PLAIN = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/;
const RESERVED_HYPHENS = /(?:^|\.)..--/;
/** What IDNA mappings would let pass or cut off. */
// eslint-disable-next-line no-control-regex
const REFUSED = /[\u0000-\u0020\u007f/?#\\@:<>"'&]|\p{Z}/u;

const RULES = {
  checkHyphens: true,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  transitionalProcessing: false,
} as const;

/**
 * A domain part (RFC 7622 §3.2): U-labels in NFC and lower case, no final dot; or an IP address. Idempotent.
 * @throws TypeError saying what is wrong with it
 */
export function normalizeDomain(text: string): string {
  if (text.startsWith('[')) return normalizeIPv6(text);
  const domain = text.endsWith('.') ? text.slice(0, -1) : text;
  if (domain === '') throw new TypeError('it is empty');
  if (domain.length <= 253 && PLAIN.test(domain) && !RESERVED_HYPHENS.test(domain)) return domain;
  if (REFUSED.test(domain)) throw new TypeError('it holds a character that no domain has');
  if (domain.split('.').includes('')) throw new TypeError('it has an empty label');
  const unicode = toUnicode(domain, RULES);
  const ascii = toASCII(unicode.domain, { ...RULES, verifyDNSLength: true });
  if (unicode.error || ascii === null) throw new TypeError('it is no internationalised domain name');
  return unicode.domain;
}

function normalizeIPv6(text: string): string {
  const address = text.slice(1, -1);
  if (!text.endsWith(']') || !isIPv6(address) || address.includes('%'))
    throw new TypeError('it is no IPv6 address in brackets');
  return new URL(`http://${text}`).hostname;
}
