import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import type { Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

const redisArgs = (manifests: Manifests) =>
  manifests.one('Deployment', 'redis').spec?.template.spec?.containers[0]?.args ?? [];

/** The value of an option of redis-server. */
const option = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];

/** The users of a Redis and their rights, without passwords. */
const rightsIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/ >[\w-]+/, ''));

const RIGHTS = rightsIn(readFileSync(join(REPOSITORY_ROOT, 'deploy/redis/users.acl'), 'utf8'));

const SQL_OF_DEPLOY = ['roles.sql', 'logins.sql'].map((name) =>
  readFileSync(join(REPOSITORY_ROOT, 'deploy/postgres', name), 'utf8'),
);

const rolesMap = (manifests: Manifests) =>
  manifests.of('ConfigMap').find(({ metadata }) => metadata?.name?.startsWith('postgres-roles-'));

/** The texts in the order in which the server runs them. */
const sqlOf = (manifests: Manifests) =>
  Object.entries(rolesMap(manifests)?.data ?? {})
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([, text]) => text);

const usersSecret = (manifests: Manifests) =>
  manifests.of('Secret').find(({ metadata }) => metadata?.name?.startsWith('redis-'));

export const devBackEnds: readonly Policy[] = [
  {
    sentence: 'In development Redis has no persistence and no eviction',
    where: ({ overlay }) => overlay === 'dev',
    check: (manifests) => {
      const args = redisArgs(manifests);
      return unmet({
        'no snapshots': args.includes('--save') && option(args, '--save') === '',
        'no log of changes': option(args, '--appendonly') === 'no',
        'bounded memory': /^\d+mb$/.test(option(args, '--maxmemory') ?? ''),
        'nothing evicted': option(args, '--maxmemory-policy') === 'noeviction',
        'no slow log': option(args, '--slowlog-max-len') === '0',
        'users with passwords': option(args, '--aclfile') === '/run/secrets/redis/users.acl',
        'the users of deploy/redis': rightsIn(
          Buffer.from(usersSecret(manifests)?.data?.['users.acl'] ?? '', 'base64').toString(),
        ).every((line) => RIGHTS.includes(line)),
        'never two': manifests.one('Deployment', 'redis').spec?.strategy?.type === 'Recreate',
        'no disk': (manifests.one('Deployment', 'redis').spec?.template.spec?.volumes ?? []).every(
          ({ secret }) => secret !== undefined,
        ),
      });
    },
    breaches: {
      'it makes snapshots': (manifests) => redisArgs(manifests).splice(1, 2),
      'a user may do more': (manifests) => {
        const users = 'user default on nopass ~* &* +@all';
        Object.assign(usersSecret(manifests)?.data ?? {}, { 'users.acl': Buffer.from(users).toString('base64') });
      },
      'it evicts': (manifests) =>
        redisArgs(manifests).splice(redisArgs(manifests).indexOf('noeviction'), 1, 'allkeys-lru'),
    },
  },
  {
    sentence:
      'In development PostgreSQL is of version 15 or later, keeps its data on a small disk, and has the roles of deploy/postgres',
    where: ({ overlay }) => overlay === 'dev',
    check: (manifests) => {
      const { spec } = manifests.one('StatefulSet', 'postgres');
      const image = spec?.template.spec?.containers[0]?.image ?? '';
      const storage = spec?.volumeClaimTemplates?.[0]?.spec?.resources?.requests?.['storage'];
      return unmet({
        'version 15 or later': Number(/^postgres:(\d+)/.exec(image)?.[1]) >= 15,
        'a small disk': storage === '1Gi',
        'the roles and logins of deploy/postgres': sqlOf(manifests).join('\n') === SQL_OF_DEPLOY.join('\n'),
      });
    },
    breaches: {
      'a role may do more': (manifests) =>
        Object.assign(rolesMap(manifests)?.data ?? {}, { '2-logins.sql': 'alter role wr_gateway superuser;' }),
      'it is too old': (manifests) =>
        Object.assign(manifests.one('StatefulSet', 'postgres').spec?.template.spec?.containers[0] ?? {}, {
          image: 'postgres:14.1',
        }),
    },
  },
];
