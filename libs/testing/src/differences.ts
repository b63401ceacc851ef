import { inspect, isDeepStrictEqual } from 'node:util';

/** Lines of one comparison; what lies beyond is only counted. */
const MOST_LINES = 20;

/** In what two JSON values differ, a line for each place: `[0].total: expected 5, got 6`. Empty for equal ones. */
export function differences(expected: unknown, actual: unknown): readonly string[] {
  const lines = [...compare(plain(expected), plain(actual), '')];
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), `… and ${more} more differences`] : lines;
}

function* compare(expected: unknown, actual: unknown, path: string): Generator<string> {
  if (isDeepStrictEqual(expected, actual)) return;
  if (!isObject(expected) || !isObject(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    yield `${path === '' ? 'the whole' : path}: expected ${show(expected)}, got ${show(actual)}`;
    return;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const place = Array.isArray(expected) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (!(key in actual)) yield `${place}: missing, expected ${show(expected[key])}`;
    else if (!(key in expected)) yield `${place}: not expected, got ${show(actual[key])}`;
    else yield* compare(expected[key], actual[key], place);
  }
}

/** As it looks after a journey over the wire: instances and plain objects are the same. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 200 });
}
