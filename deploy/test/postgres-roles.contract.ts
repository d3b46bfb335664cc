import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  DEBIAN,
  findProgram,
  howToInstall,
  REPOSITORY_ROOT,
  startPostgres,
  type RealPostgres,
} from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { readComposeFile, serviceOf } from './compose-file.js';

const run = promisify(execFile);
const psql = await findProgram('psql');

/** Characters that a shell, psql or SQL could interpret. */
const PASSWORD = `a' b$c"d:e\\`;
const INIT = '/docker-entrypoint-initdb.d/';

describeUnless(psql === undefined ? howToInstall(DEBIAN.postgres) : '')('The PostgreSQL of docker-compose.yml', () => {
  let postgres: RealPostgres;

  /** Runs psql; resolves with its output, rejects with its messages. */
  const sql = async (url: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    (
      await run(psql ?? '', ['--no-psqlrc', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1', ...args, url], {
        env,
      })
    ).stdout;

  const as = (login: string, password: string) => {
    const url = new URL(postgres.url);
    [url.username, url.password] = [login, encodeURIComponent(password)];
    return url.href;
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    const { volumes = [], environment = {} } = serviceOf(await readComposeFile(), 'postgres');
    // As the entry point of the image does: in the order of the names.
    const scripts = volumes
      .map((volume) => volume.split(':'))
      .filter(([, at]) => at?.startsWith(INIT))
      .sort(([, one = ''], [, other = '']) => one.localeCompare(other));
    expect(scripts).toHaveLength(2);
    const env = { ...(environment as Record<string, string>), WR_POSTGRES_GATEWAY_PASSWORD: PASSWORD };
    for (const [file = ''] of scripts) await sql(postgres.url, ['--file', join(REPOSITORY_ROOT, file)], env);
  }, 60_000);
  afterAll(() => postgres.stop());

  it('has a login in each role, with the password of its variable, whatever characters it has', async () => {
    const role = (login: string, password: string) => sql(as(login, password), ['--command', 'select current_role']);
    expect(await role('wr_gateway_a', PASSWORD)).toBe('wr_gateway_a\n');
    expect(await role('wr_admin_a', 'white-rabbit')).toBe('wr_admin_a\n');
    // Its tables belong to the role, so that the login can be replaced.
    expect(await role('wr_owner_a', 'white-rabbit')).toBe('wr_owner\n');
    await expect(role('wr_gateway_a', 'white-rabbit')).rejects.toThrow('password authentication failed');
  });

  it('lets only the owner create tables', async () => {
    const create = (login: string, password: string) =>
      sql(as(login, password), ['--command', 'create table note (text text)']);
    await expect(create('wr_gateway_a', PASSWORD)).rejects.toThrow('permission denied');
    await expect(create('wr_admin_a', 'white-rabbit')).rejects.toThrow('permission denied');
    await create('wr_owner_a', 'white-rabbit');
  });

  it('can run roles.sql again', async () => {
    await sql(postgres.url, ['--file', join(REPOSITORY_ROOT, 'deploy/postgres/roles.sql')]);
  });
});
