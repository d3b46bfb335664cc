import { existsSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

// Which room may open which door. Domain and protocol know no framework, engines know no Nest (ARCHITECTURE.md, Layout).
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

// Within a package its own files are enough; reading every package's would make each lint as slow as all of them.
const own = join(process.cwd(), 'tsconfig.spec.json');
const projects = existsSync(own) ? [own] : ['./{libs,apps}/*/tsconfig.spec.json', './{deploy,k8s}/tsconfig.spec.json'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.data/**', '**/coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx },
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
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Nest declares its bags of options as classes; a literal is how they are meant to be given.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Nest modules are classes that hold only their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  prettier,
);
