// SPDX-License-Identifier: EUPL-1.2
import simpleImportSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

/** The lazy mistake is a lint error with a sentence explaining it. */
const outsideOf = (allowed, rules) => ({ files: ['apps/*/src/**/*.ts', 'libs/**/*.ts'], ignores: ['**/*.spec.ts', ...allowed], rules });

const injectedOnly = [
  { object: 'Date', property: 'now', message: 'Time is injected: take a Clock from @amtsbote/platform, tests own it.' },
  { object: 'crypto', property: 'randomUUID', message: 'Ids are injected: take Ids from @amtsbote/platform.' },
  { object: 'Math', property: 'random', message: 'Randomness is injected: take Randomness from @amtsbote/platform.' },
  { object: 'process', property: 'env', message: 'Only platform/config reads the environment; ask for the value in the config schema.' },
];
const injectedOnlySyntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is injected: clock.now() instead of new Date().' },
  {
    selector: "CallExpression[callee.name='fetch']",
    message: 'Outside calls go through platform/http: it limits time and size and redacts.',
  },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only: one name per thing, everywhere.' },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'var/**', 'schemas/**', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'simple-import-sort': simpleImportSort },
    rules: {
      'simple-import-sort/imports': 'error',
      'simple-import-sort/exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A Nest module is a class with a decorator and nothing in it.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/require-await': 'off',
      // A House is a bundle of values under one injection token.
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'file', name: 'House' }] }],
      // Options of libraries are often classes that serve as interfaces.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', injectedOnlySyntax[2]],
    },
  },
  outsideOf(['libs/platform/**', 'libs/adapter-kit/testing/**', 'libs/adapters/*/simulator/**', 'apps/landscape/**', 'apps/console/**'], {
    'no-restricted-properties': ['error', ...injectedOnly],
    'no-restricted-syntax': ['error', ...injectedOnlySyntax],
  }),
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', 'libs/adapter-kit/testing/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      // Jest's matchers are typed loosely on purpose.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);
