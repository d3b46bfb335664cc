import { existsSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The packages and the dependencies allowed between them (ARCHITECTURE.md).
const frameworks = ['@nestjs/*', '@mikro-orm/*', 'ioredis', 'ws', 'express'];
const boundaries = [
  { sourceTag: 'scope:protocol', onlyDependOnLibsWithTags: [], bannedExternalImports: frameworks },
  // The domain owns the ports that it needs; engines implement them.
  { sourceTag: 'scope:domain', onlyDependOnLibsWithTags: ['scope:protocol'], bannedExternalImports: frameworks },
  {
    sourceTag: 'scope:engine',
    onlyDependOnLibsWithTags: ['scope:protocol', 'scope:domain', 'scope:testing'],
    bannedExternalImports: ['@nestjs/*', '@mikro-orm/*', 'ws'],
  },
  {
    sourceTag: 'scope:license',
    onlyDependOnLibsWithTags: ['scope:protocol', 'scope:testing'],
    bannedExternalImports: ['ioredis', 'ws'],
  },
  // The SDK goes to browsers: types of the protocol, and nothing that runs on a server.
  {
    sourceTag: 'scope:client',
    onlyDependOnLibsWithTags: ['scope:protocol', 'scope:testing'],
    bannedExternalImports: frameworks,
  },
  {
    sourceTag: 'scope:testing',
    onlyDependOnLibsWithTags: ['scope:protocol', 'scope:engine', 'scope:license', 'scope:domain'],
  },
  {
    sourceTag: 'scope:app',
    onlyDependOnLibsWithTags: [
      'scope:protocol',
      'scope:domain',
      'scope:engine',
      'scope:license',
      'scope:client',
      'scope:testing',
    ],
  },
];

// Within a package, read its own files only: reading every package makes each lint as slow as all of them.
const own = join(process.cwd(), 'tsconfig.spec.json');
const projects = existsSync(own)
  ? [own]
  : ['./{libs,apps,tools}/*/tsconfig.spec.json', './{deploy,k8s}/tsconfig.spec.json'];

// Constructor parameter properties may be `private readonly`, and a constructor may be private: JavaScript has no `#` for them.
const PRIVATE_NAME = 'Write a private member as #name.';
const privateMembers = [
  { selector: 'PropertyDefinition[accessibility="private"]', message: PRIVATE_NAME },
  { selector: 'AccessorProperty[accessibility="private"]', message: PRIVATE_NAME },
  { selector: 'MethodDefinition[accessibility="private"][kind!="constructor"]', message: PRIVATE_NAME },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.data/**', '**/coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx, 'import-x': importX },
    languageOptions: {
      parserOptions: {
        project: projects,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: boundaries, allow: [], checkDynamicDependenciesExceptions: [] },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      'no-restricted-syntax': ['error', ...privateMembers],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Nest declares its option objects as classes, and callers pass literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A Nest module is a class that has only its decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  prettier,
);
