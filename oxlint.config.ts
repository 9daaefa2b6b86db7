import { defineConfig, type OxlintOverride } from 'oxlint';
import { readRooms } from './tests/architecture/source-tree.ts';

const rooms = readRooms();

/** What the files of a room may not import, as the table in `src/README.md` has it. */
const importDirections = rooms.map((room): OxlintOverride => {
  const forbidden = rooms.filter(({ name }) => name !== room.name && !room.mayImport.has(name));
  const group = forbidden.flatMap(({ paths }) =>
    paths.map((path) => (path.endsWith('/') ? `**/../${path}**` : `**/../${path}`)),
  );
  const files = room.paths.map((path) => (path.endsWith('/') ? `src/${path}**` : `src/${path}`));
  const pattern = { group, message: `The room "${room.name}" may not import this: see the table in src/README.md.` };
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [pattern] }] } };
});

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['dist', 'node_modules', '.cache', 'out', 'models'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-non-null-assertion': 'off',
    // A parse narrows what JSON gave; its schema is the guard.
    'typescript/no-unsafe-type-assertion': 'off',
    'import/no-cycle': 'error',
    // fast-check is documented, and read, as fc.assert.
    'import/no-named-as-default-member': 'off',
    // A rule of a policy says what to do by `then`.
    'unicorn/no-thenable': 'off',
    // A spread in a map is only slow where it is hot; there the benchmark tells.
    'oxc/no-map-spread': 'off',
    // A property is checked on the cases that it is about.
    'vitest/no-conditional-expect': 'off',
    // new Array(count) says what it does, and holds no holes where it is filled.
    'unicorn/no-new-array': 'off',
    // Helpers that expect are named so.
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'fc.assert'] }],
    'no-await-in-loop': 'off',
    'no-console': 'error',
    eqeqeq: 'error',
  },
  overrides: importDirections,
});
