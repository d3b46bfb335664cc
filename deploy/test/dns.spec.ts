import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

it('The health check of geo-DNS asks the public port of each region for /healthz over TLS', async () => {
  const text = await readFile(join(REPOSITORY_ROOT, 'deploy/dns/main.tf'), 'utf8');
  expect(text).toMatch(/^ +type += "HTTPS"$/m);
  expect(text).toMatch(/^ +resource_path += "\/healthz"$/m);
});
