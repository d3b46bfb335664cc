import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { readComposeFile, serviceOf } from './compose-file.js';

const file = await readComposeFile();
const gateways = ['gateway-1', 'gateway-2', 'gateway-3'];
const names = Object.keys(file.services);
const dockerfile = await readFile(join(REPOSITORY_ROOT, 'deploy/docker/Dockerfile'), 'utf8');

describe.each(names)('The service %s', (name) => {
  const service = serviceOf(file, name);

  it('can change neither its files nor its privileges', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.privileged).toBeUndefined();
    // These two start as root to give a folder to another user.
    expect(service.cap_add !== undefined).toBe(['postgres', 'certificate'].includes(name));
  });

  it('runs an image of a stated version', () => {
    expect(service.image).toMatch(/:\d[\w.-]*$/);
  });

  it('waits for its dependencies, and only for services that start', () => {
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      const isJob = serviceOf(file, needed).restart === undefined;
      expect(condition).toBe(isJob ? 'service_completed_successfully' : 'service_healthy');
      // The images of this repository bring a health check of their own.
      if (!isJob) expect(serviceOf(file, needed).healthcheck).toBeDefined();
    }
  });

  it('is in networks and has volumes that exist', () => {
    const volumes = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    expect(Object.keys(file.networks)).toEqual(expect.arrayContaining([...(service.networks ?? [])]));
    expect(Object.keys(file.volumes)).toEqual(expect.arrayContaining(volumes.filter((at) => !at.startsWith('.'))));
  });

  it('names a stage of the Dockerfile if it is built here', () => {
    expect(service.image.startsWith('white-rabbit/')).toBe(service.build !== undefined);
    if (service.build) expect(dockerfile).toMatch(new RegExp(`^FROM runtime AS ${service.build.target}$`, 'm'));
  });
});

describe('docker compose up', () => {
  it('publishes TLS on 8443 and nothing else', () => {
    expect(names.flatMap((name) => serviceOf(file, name).ports ?? [])).toEqual(['8443:8443']);
    expect(serviceOf(file, 'haproxy').ports).toHaveLength(1);
  });

  it('starts three equal gateways, once the database is migrated', () => {
    for (const name of gateways) {
      expect(serviceOf(file, name)).toEqual(serviceOf(file, 'gateway-1'));
      expect(serviceOf(file, name).depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
      });
    }
    expect(names.filter((name) => name.startsWith('gateway'))).toEqual(gateways);
  });

  it('runs Redis without persistence and without eviction', () => {
    const command = serviceOf(file, 'redis').command?.join(' ');
    expect(command).toMatch(/--save {2}--appendonly no .*--maxmemory-policy noeviction$/);
  });

  it('connects gateways and back ends to an internal network only', () => {
    expect(file.networks['inside']).toEqual({ internal: true });
    for (const name of [...gateways, 'postgres', 'redis', 'migrate', 'admin']) {
      expect(serviceOf(file, name).networks).toEqual(['inside']);
    }
    expect(serviceOf(file, 'certificate').network_mode).toBe('none');
  });

  it('accepts plain text from its HAProxy only: the gateways require X-Forwarded-Proto', () => {
    for (const name of gateways) expect(serviceOf(file, name).environment).toMatchObject({ WR_TRUST_PROXY: 'true' });
  });

  it('stops HAProxy and the gateways together, so that clients receive 1012', () => {
    expect(Object.keys(serviceOf(file, 'haproxy').depends_on ?? {})).toEqual(['certificate']);
    expect(gateways.map((name) => serviceOf(file, name).stop_grace_period)).toEqual(['45s', '45s', '45s']);
    // SIGUSR1 lets it end with its last connection, and the gateways have closed all of them by then.
    expect(serviceOf(file, 'haproxy').stop_grace_period).toBe('35s');
  });

  it('gives gateways, migrations and wr-admin one database, and users of their own', () => {
    const urlsOf = (name: string) => {
      const { DATABASE_URL, REDIS_URL } = serviceOf(file, name).environment ?? {};
      return [DATABASE_URL, REDIS_URL];
    };
    const database = (login: string) => `postgresql://${login}:white-rabbit@postgres:5432/white_rabbit`;
    const redis = (user: string) => `redis://${user}:white-rabbit@redis:6379`;
    expect(urlsOf('gateway-1')).toEqual([database('wr_gateway_a'), redis('wr-gateway')]);
    expect(urlsOf('admin')).toEqual([database('wr_admin_a'), redis('wr-admin')]);
    expect(urlsOf('migrate')).toEqual([database('wr_owner_a'), undefined]);
    expect(serviceOf(file, 'admin').environment).toMatchObject({ WR_ALLOW_PLAINTEXT: 'postgres,redis' });
  });

  it('gives HAProxy a folder for its socket that only its user can enter', () => {
    const { user, tmpfs } = serviceOf(file, 'haproxy');
    const [uid, gid] = user?.split(':') ?? [];
    expect(tmpfs).toEqual([`/run/haproxy:mode=0700,uid=${uid ?? ''},gid=${gid ?? ''}`]);
  });

  it('starts wr-admin only on request', () => {
    expect(names.filter((name) => serviceOf(file, name).profiles !== undefined)).toEqual(['admin']);
  });
});
