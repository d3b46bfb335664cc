import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

/** An example of a document: TypeScript that is also JavaScript. */
export interface Example {
  /** The first line that is no import. */
  readonly title: string;
  readonly code: string;
}

/** All examples of a document of this package, in order. */
export async function examplesOf(document: 'README.md' | 'PEER-CALLS.md'): Promise<readonly Example[]> {
  const text = await readFile(join(REPOSITORY_ROOT, 'libs/client', document), 'utf8');
  return [...text.matchAll(/```ts\n(.*?)```/gsu)].map(([, code = '']) => ({
    title: code.split('\n').find((line) => line !== '' && !line.startsWith('import ')) ?? '',
    code,
  }));
}

/** The modules of the package and the names that an example does not declare. */
export interface Given {
  readonly modules: Readonly<Record<string, object>>;
  readonly names: Readonly<Record<string, unknown>>;
}

/**
 * Runs an example. `replaced`: texts of the example and what the test has instead, such as the address of its server.
 * Resolves with the variables of the example that `results` names.
 */
export async function run(
  { code }: Example,
  { modules, names }: Given,
  replaced: Readonly<Record<string, string>>,
  results: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>> {
  const body = Object.entries(replaced).reduce((text, [from, to]) => text.replaceAll(from, to), code);
  const script = body.replace(/^import \{(.*)\} from '(.*)';$/gmu, "const {$1} = modules['$2'];");
  const entries = Object.entries({ ...names, modules });
  const source = `return (async () => {${script}\nreturn { ${results.join(', ')} };})();`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text of the document is what is under test
  const example = new Function(...entries.map(([name]) => name), source) as (
    ...given: readonly unknown[]
  ) => Promise<Readonly<Record<string, unknown>>>;
  return example(...entries.map(([, value]) => value));
}
