import { expect, it } from '@jest/globals';
import { describeRendered } from './describe-rendered.js';
import { adminPort } from './policies/admin-port.js';
import { autoscaling } from './policies/autoscaling.js';
import { balance } from './policies/balance.js';
import { devBackEnds } from './policies/dev-back-ends.js';
import { disruption } from './policies/disruption.js';
import { images } from './policies/images.js';
import { labels } from './policies/labels.js';
import { metrics } from './policies/metrics.js';
import { migration } from './policies/migration.js';
import { network } from './policies/network.js';
import { podSecurity } from './policies/pod-security.js';
import { probes } from './policies/probes.js';
import { regions } from './policies/regions.js';
import { resources } from './policies/resources.js';
import { rollOut } from './policies/roll-out.js';
import { routes } from './policies/routes.js';
import { secrets } from './policies/secrets.js';
import { serviceAccounts } from './policies/service-accounts.js';
import { settings } from './policies/settings.js';
import { shutdown } from './policies/shutdown.js';
import { spread } from './policies/spread.js';
import type { Policy } from './policy.js';
import { RENDERINGS } from './renderings.js';

const POLICIES: readonly Policy[] = [
  ...rollOut,
  ...probes,
  ...shutdown,
  ...spread,
  ...disruption,
  ...autoscaling,
  ...podSecurity,
  ...serviceAccounts,
  ...network,
  ...adminPort,
  ...routes,
  ...balance,
  ...metrics,
  ...secrets,
  ...settings,
  ...migration,
  ...images,
  ...labels,
  ...resources,
  ...regions,
  ...devBackEnds,
];

for (const { sentence, check, breaches, where = () => true } of POLICIES) {
  describeRendered(sentence, () => {
    const renderings = RENDERINGS.filter(where);

    it.each(renderings)('in $name', (rendering) => {
      expect(check(rendering.manifests, rendering)).toEqual([]);
    });

    it.each(Object.entries(breaches))('detects that %s', (_, breach) => {
      const [rendering] = renderings;
      if (rendering === undefined) throw new Error('the policy is for no rendering');
      const broken = rendering.manifests.copy();
      breach(broken);
      expect(check(broken, rendering)).not.toEqual([]);
    });
  });
}
