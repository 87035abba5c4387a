import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/**
 * The house, lowest floor first: a file may import from its own folder and from floors below, never from above or from a
 * room beside it (rooms of one floor share a line). `app` is the composition root: it alone knows every component.
 */
const floors = [
  ['support'],
  ['registry'],
  ['config'],
  ['engine'],
  ['data', 'torch', 'models', 'losses', 'optimizers', 'tracking'],
  ['methods', 'export', 'migration'],
  ['inference'],
  ['evaluation', 'report', 'web'],
  ['training'],
  ['stages'],
  ['pipeline'],
  ['housekeeping', 'sweep', 'translation'],
  ['comparison', 'serving', 'demo'],
  ['cli'],
  ['app'],
];

export default tseslint.config(
  { ignores: ['dist', 'api', '.test-build*', '.bench-build*', '.scratch', 'node_modules', 'runs', '**/*.as.ts'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: [] }, tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    rules: {
      // noUncheckedIndexedAccess makes `array[i]!` the plain way to say that an index is in range.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // node:test's `test` and `describe` return promises that the runner awaits.
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
  ...layering(),
);

function layering() {
  const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const unknown = rooms.map((room) => room.name).filter((room) => !floors.flat().includes(room));
  if (unknown.length > 0) throw new Error(`eslint.config.js: say on which floor src/${unknown.join(', src/')} is`);
  return floors.flatMap((floor, level) =>
    floor.flatMap((room) => {
      const neighbours = floor.filter((other) => other !== room);
      const forbidden = [...neighbours, ...floors.slice(level + 1).flat()];
      const group = forbidden.flatMap((other) => [`**/${other}/*`, `**/${other}/**`]);
      const message = 'This is above or beside its floor: see eslint.config.js.';
      const rules = { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] };
      return group.length === 0 ? [] : [{ files: [`src/${room}/**/*.ts`], rules }];
    }),
  );
}
