import { GENEROUS, newIdentity, TestCluster, type TestPeer } from '@white-rabbit/testing';
import pg from 'pg';
import type { Row } from '../row.js';
import { sized } from './sized.js';

const DEVICES = 200;
const GATEWAYS = 3;
/** Licenses for one device, and for several. */
const LIMITS = [1, 5] as const;

/** More devices than a license allows come at once. */
export const oneKeyForMany: Row = {
  number: 12,
  title: '200 devices register one new key at the same time at 3 gateways',
  promise: 'exactly the limit is bound, in the database too',
  run: async (run, scale) => {
    await using cluster = await TestCluster.start(GATEWAYS, { env: GENEROUS, direct: true });
    const devices = sized(DEVICES, scale);
    for (const maxDevices of LIMITS) {
      run.say(`${devices} devices, a license for ${maxDevices}`);
      const [license] = await cluster.licenses.issue({ count: 1, maxDevices });
      if (license === undefined) throw new Error('No license was issued.');
      const { license_key } = license;
      const clients = await Promise.all(
        Array.from({ length: devices }, (_, n) => {
          return cluster.connectAs({ ...newIdentity(`d${n}`), license_key }, n % GATEWAYS);
        }),
      );
      const answers = await Promise.all(clients.map(register));
      const accepted = clients.filter((_, n) => answers[n] === 'registered');
      const limited = answers.filter((answer) => answer === 'license_device_limit').length;
      // A busy key may be refused for a moment: then nothing was decided.
      const undecided = answers.filter((answer) => answer === 'license_unavailable').length;
      run.figures.add(`registered (limit ${maxDevices})`, accepted.length, '', { exactly: maxDevices });
      run.figures.add('refused or undecided', limited + undecided, '', { exactly: devices - maxDevices });
      run.figures.add('of these undecided', undecided);
      await Promise.all(clients.map((client) => client.close()));
      run.figures.add('bound in the database', await bound(cluster, license.id), '', { exactly: maxDevices });
    }
  },
};

/** `registered`, or the error code. */
async function register(client: TestPeer): Promise<string> {
  const answer = await client.ask('register', client.identity, 10_000);
  return answer.event === 'error' ? answer.data.code : answer.event;
}

/** Bindings of the license in PostgreSQL. */
async function bound(cluster: TestCluster, license: string): Promise<number> {
  const database = new pg.Client(cluster.databaseUrl);
  await database.connect();
  try {
    const { rows } = await database.query<{ count: string }>('select count(*) from binding where license_id = $1', [
      license,
    ]);
    return Number(rows[0]?.count);
  } finally {
    await database.end();
  }
}
