import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const GENERATE = fileURLToPath(new URL('../../generate-models.mjs', import.meta.url));

/** A language for which types are generated, and how its project is built. */
export interface Language {
  readonly name: 'go' | 'rust';
  /** The folder of the generated types within the project. */
  readonly models: string;
  /** Files of the project besides the types: `path: text`. `frames` are the names of the types of whole frames. */
  readonly files: (frames: readonly string[]) => Readonly<Record<string, string>>;
  /** Commands that check and build the project, and the program that they build. */
  readonly build: readonly (readonly string[])[];
  readonly program: string;
  readonly env: (folder: string) => NodeJS.ProcessEnv;
}

/**
 * Generated types in a temporary folder, with a program that decodes and encodes frames: it reads lines with the name of a
 * type, a tab and a JSON text, and writes the JSON text of each decoded value.
 */
export class ModelProject {
  /** The names of all generated types. */
  readonly names: readonly string[];
  readonly #language: Language;
  readonly #folder: string;

  private constructor(language: Language, folder: string, names: readonly string[]) {
    this.#language = language;
    this.#folder = folder;
    this.names = names;
  }

  /** Generates the types and builds the program. @throws Error with the output of a command that failed. */
  static async build(language: Language): Promise<ModelProject> {
    const folder = await mkdtemp(join(tmpdir(), `white-rabbit-${language.name}-`));
    const args = [GENERATE, language.name, join(folder, language.models)];
    const names = (await run(process.execPath, args, { folder })).trim().split('\n');
    const frames = names.filter((name) => /^(Client|Server)/.test(name) && !name.endsWith('Data'));
    for (const [path, text] of Object.entries(language.files(frames))) await writeFile(join(folder, path), text);
    const env = { ...process.env, ...language.env(folder) };
    for (const [command = '', ...rest] of language.build) await run(command, rest, { folder, env });
    return new ModelProject(language, folder, names);
  }

  /** The frames as the program encodes them after it has decoded them. */
  async roundTrip(frames: readonly { readonly type: string; readonly text: string }[]): Promise<readonly unknown[]> {
    const input = frames.map(({ type, text }) => `${type}\t${JSON.stringify(JSON.parse(text))}\n`).join('');
    const output = await run(join(this.#folder, this.#language.program), [], { folder: this.#folder, input });
    return output
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

interface RunOptions {
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

function run(command: string, args: readonly string[], { folder, env, input = '' }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, ...(env && { env }) });
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out.join(''));
      else
        reject(
          new Error(`${[command, ...args].join(' ')} exited with ${String(code)}:\n${out.join('')}${err.join('')}`),
        );
    });
    child.stdin.end(input);
  });
}
