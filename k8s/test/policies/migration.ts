import type { Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

const jobs = (manifests: Manifests) => manifests.of('Job');

export const migration: readonly Policy[] = [
  {
    sentence: 'A Job of this version migrates the database to it',
    check: (manifests) => {
      const [job, ...others] = jobs(manifests);
      const container = job?.spec?.template.spec?.containers[0];
      const version = container?.image?.split(':').at(-1)?.replaceAll('.', '-');
      return unmet({
        'one Job': job !== undefined && others.length === 0,
        // A Job cannot be changed: under the same name the next version would be refused.
        'named by the version of its image': job?.metadata?.name === `white-rabbit-migrate-${version ?? '?'}`,
        'it migrates':
          container?.image?.includes('white-rabbit/admin:') === true && container.args?.join(' ') === 'db migrate',
        'its image’s own program does it': container?.command === undefined,
        'its database comes from a Secret of its own':
          container?.env?.some(({ name }) => name === 'DATABASE_URL_FILE') === true,
        'each try leaves its log': job?.spec?.template.spec?.restartPolicy === 'Never',
        'it tries again, not for ever': (job?.spec?.backoffLimit ?? 0) >= 3,
        'it goes away by itself': (job?.spec?.ttlSecondsAfterFinished ?? 0) > 0,
        'it may take its time': job?.spec?.activeDeadlineSeconds === undefined,
      });
    },
    breaches: {
      'it has the name of another version': (manifests) =>
        Object.assign(jobs(manifests)[0]?.metadata ?? {}, { name: 'white-rabbit-migrate-0-0-9' }),
      'it does something else': (manifests) =>
        Object.assign(jobs(manifests)[0]?.spec?.template.spec?.containers[0] ?? {}, { args: ['license', 'list'] }),
      'it stays for ever': (manifests) => delete jobs(manifests)[0]?.spec?.ttlSecondsAfterFinished,
      'there is none': (manifests) =>
        (manifests.all as unknown[]).splice(manifests.all.indexOf(jobs(manifests)[0] as never), 1),
    },
  },
];
