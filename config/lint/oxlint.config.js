import { acrossPackages, arithmetic, below, drivers, forbidden, layerOf, layers, packageOf } from './layers.js';

/** One pattern of `no-restricted-imports`: a whole specifier, and why it is refused. */
const refuse = (specifier, message) => ({ regex: `^(?:${specifier})$`, message });

const siblings = (names, entry = '(/.*)?') => `(?:${names.map(packageOf).join('|')})${entry}`;

function foreignDrivers(folder) {
  return Object.entries(drivers)
    .filter(([, folders]) => !folders.some((owner) => folder.startsWith(owner)))
    .map(([driver, folders]) => refuse(`${driver}(/.*)?`, `Only libs/${folders.join(', libs/')} may import this.`));
}

const privateParts = forbidden.map((part) => refuse(part, 'That is a private part of another package.'));

/** The import rule of a folder in libs/ or apps/. */
function imports(patterns) {
  const across = refuse(acrossPackages, 'Import another package by its name.');
  return { 'no-restricted-imports': ['error', { patterns: [...privateParts, across, ...patterns] }] };
}

/** The import rules of one folder of libs/: a later override replaces an earlier one, so the finest comes last. */
function libRules(lib, { files, folder = `${lib}/src`, allowed, nest }) {
  const others = Object.keys(layers).filter((name) => !allowed.includes(name));
  return {
    files,
    rules: imports([
      refuse(siblings(others), `${packageOf(lib)} may import ${allowed.join(', ') || 'no library'} (layers.js).`),
      ...foreignDrivers(folder),
      ...(nest ? [] : [refuse('@nestjs/.*', 'Nest stays at the edge (layers.js).')]),
    ]),
  };
}

function layerOverrides(lib) {
  const { imports: allowed, only = {}, nest } = layerOf(lib);
  const common = allowed.filter((name) => !(name in only));
  const anywhere = nest === 'anywhere';
  return [
    libRules(lib, { files: [`**/libs/${lib}/src/**/*.ts`], allowed: common, nest: anywhere }),
    ...(nest === 'module files'
      ? [libRules(lib, { files: [`**/libs/${lib}/src/**/*.module.ts`], allowed: common, nest: true })]
      : []),
    ...Object.entries(only).map(([name, file]) =>
      libRules(lib, { files: [`**/libs/${lib}/src/${file}`], allowed: [...common, name], nest: anywhere }),
    ),
    ...Object.values(drivers)
      .flat()
      .filter((folder) => folder.startsWith(`${lib}/src/`))
      .map((folder) =>
        libRules(lib, { files: [`**/libs/${folder}/**/*.ts`], folder, allowed: common, nest: anywhere }),
      ),
    {
      files: [`**/libs/${lib}/src/**/*.spec.ts`],
      rules: imports([
        refuse(
          siblings(Object.keys(layers).filter((name) => !below(lib).includes(name))),
          'A unit test imports its own library by relative path, and lower ones.',
        ),
      ]),
    },
  ];
}

export default {
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'jest', 'promise', 'node'],
  categories: { correctness: 'error' },
  ignorePatterns: ['**/dist/**', '**/node_modules/**', '**/must-not-compile/**'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    'typescript/no-deprecated': 'error',
    'eslint/no-bitwise': 'error',
    'eslint/no-console': 'error',
    'eslint/no-empty': 'error',
    'eslint/max-params': ['error', { max: 3 }],
    'eslint/max-lines': ['error', { max: 350 }],
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'jest/no-focused-tests': 'error',
    'jest/no-disabled-tests': 'error',
    // Off, with what each one gets wrong here:
    'jest/expect-expect': 'off', // assertions inside helpers
    'promise/no-callback-in-promise': 'off', // takes any function called "next" for a callback
    'typescript/no-misused-spread': ['error', { allow: ['string'] }], // code points are what we mean
    'typescript/unbound-method': 'off', // methods of interfaces, which are plain functions
    'unicorn/no-new-array': 'off', // an array of a length is what we mean
    'unicorn/no-useless-spread': 'off', // a copy is what lets a loop change its source
    'eslint/no-restricted-imports': ['error', { patterns: privateParts }],
  },
  overrides: [
    { files: arithmetic.map((file) => `**/${file}`), rules: { 'eslint/no-bitwise': 'off' } },
    ...Object.keys(layers).flatMap(layerOverrides),
    {
      files: ['**/apps/**/*.ts'],
      rules: imports([refuse('@nestanza/[^/]+/internal', 'An app uses the public entries, as our users do.')]),
    },
    {
      files: ['**/libs/cli/**/*.ts', '**/apps/**/*.ts', '**/test/**/*.{js,ts}', '**/config/lint/*.js'],
      rules: { 'eslint/no-console': 'off' },
    },
    { files: ['**/*.config.js'], rules: { 'import/no-default-export': 'off' } },
  ],
};
