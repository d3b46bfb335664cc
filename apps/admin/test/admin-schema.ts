import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';

/** A JSON schema as far as `strict` reads it. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

const FILE = new URL('../../../docs/admin.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(FILE, 'utf8')) as Schema;
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(strict(schema) as object);

/** The commands in docs/admin.schema.json, such as `license list`. */
export const DOCUMENTED_COMMANDS: readonly string[] = Object.keys(schema.properties ?? {});

/** Checks the output of a command line with `--json` against its schema. */
export function expectDocumented(args: readonly string[], output: unknown): void {
  const command = commandOf(args);
  const problems = validate({ [command]: output }) ? [] : validate.errors;
  expect([command, problems]).toEqual([command, []]);
}

/** The longest beginning of the arguments that is a command. */
function commandOf(args: readonly string[]): string {
  for (let words = args.length; words > 0; words--) {
    const command = args.slice(0, words).join(' ');
    if (DOCUMENTED_COMMANDS.includes(command)) return command;
  }
  throw new Error(`docs/admin.schema.json has no command for: ${args.join(' ')}`);
}

/** Later versions can add fields, so the document allows others. This version has no field that is not documented. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strict(inner)]));
  // The root object has one command at a time.
  return 'properties' in value && isSchema(value) ? { ...copy, additionalProperties: false } : copy;
}

function isSchema(value: object): boolean {
  return 'type' in value && value.type === 'object';
}
