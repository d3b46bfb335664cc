import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { parse } from 'yaml';

/** The part of a service that its tests look at, as docker-compose.yml has it. */
export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  /** `null`: passed on from .env or the shell, and not set where neither has it. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ulimits?: { readonly nofile: number };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
  readonly restart?: string;
  readonly profiles?: readonly string[];
}

/** docker-compose.yml with its anchors resolved. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** Reads docker-compose.yml. Variables with a default (`${NAME:-default}`) have it. */
export async function readComposeFile(): Promise<ComposeFile> {
  const text = await readFile(join(REPOSITORY_ROOT, 'docker-compose.yml'), 'utf8');
  const withDefaults = text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  return parse(withDefaults, { merge: true }) as ComposeFile;
}

/** The service of that name. @throws Error where there is none. */
export function serviceOf(file: ComposeFile, name: string): ComposeService {
  const service = file.services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}.`);
  return service;
}
