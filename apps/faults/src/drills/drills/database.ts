import { Client } from 'pg';
import type { Drill } from '../drill.js';
import type { DrillSite } from '../drill-site.js';
import { visit } from './traffic.js';

const databaseIsAway = async (site: DrillSite) => {
  site.faults.postgresProxy.reset();
  return Promise.resolve();
};
const databaseIsBack = async (site: DrillSite) => {
  site.faults.postgresProxy.pass();
  return Promise.resolve();
};

async function asSuperuser(site: DrillSite, statement: string): Promise<void> {
  const client = await superuser(site);
  await client.query(statement);
  await client.end();
}

async function superuser(site: DrillSite): Promise<Client> {
  const client = new Client({ connectionString: site.cluster.databaseUrl });
  // An operator may end its session.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** PostgreSQL that is away, slow or refuses. */
export const DATABASE_DRILLS: readonly Drill[] = [
  {
    alert: 'WrDatabaseDown',
    fault: 'PostgreSQL resets all connections of the gateways',
    isShort: true,
    inject: databaseIsAway,
    shows: [
      ['wr_log', /"event":"database_down".*"code":"ECONNRESET"/],
      ['cluster status', /\bdown\b/, /cannot reach the license database/],
      ['pg_stat_activity', /count/, /state/],
      ['max_connections', /max_connections/],
    ],
    // Its exit code reports that a part is down.
    fails: ['cluster status'],
    repair: databaseIsBack,
  },
  {
    alert: 'WrDatabaseUnreachable',
    fault: 'PostgreSQL answers nothing',
    inject: async (site) => {
      site.faults.postgresProxy.blackhole();
      return Promise.resolve();
    },
    shows: [
      ['wr_log', /"event":"database_down"/],
      ['wr_gateways', /gateway-1 running/],
      ['cluster status', /\bdown\b/, /cannot reach the license database/],
    ],
    fails: ['cluster status'],
    repair: databaseIsBack,
  },
  {
    alert: 'WrDatabaseSlow',
    fault: 'a transaction holds a lock that license checks wait for',
    inject: async (site) => {
      const holder = await superuser(site);
      site.repeat(100, () => visit(site));
      site.repeat(100, () => visit(site));
      site.repeat(3_000, async () => {
        await holder.query('begin');
        await holder.query('lock table license in access exclusive mode');
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        await holder.query('rollback');
      });
      return Promise.resolve();
    },
    shows: [
      ['pg_stat_activity', /pid/, /wait_event_type/],
      ['pg_stat_user_tables', /\blicense\b/, /n_dead_tup/],
      ['wr_license_queue', /^wr_database_query_seconds_sum/m, /^wr_license_queue/m],
    ],
    words: async (site) => {
      const client = await superuser(site);
      const { rows } = await client.query<{ pid: number }>(
        "select pid from pg_stat_activity where query like 'lock table%' or query = 'begin'",
      );
      await client.end();
      return { PID: String(rows[0]?.pid ?? 0) };
    },
  },
  {
    alert: 'WrLicenseChecksFailed',
    fault: 'the login of the gateways has lost a right',
    inject: async (site) => {
      await asSuperuser(site, 'revoke insert on identity, binding from wr_gateway');
      site.repeat(100, () => visit(site));
    },
    shows: [
      ['wr_license_unavailable_total', /^wr_license_unavailable_total\{[^}]*reason="failed"[^}]*\} [1-9]/m],
      ['wr_log', /"event":"license_check_failed".*"code":"42501"/],
      ['pg_is_in_recovery', /\bf\b/],
    ],
    repair: (site) => asSuperuser(site, 'grant insert on identity, binding to wr_gateway'),
  },
  {
    alert: 'WrLicenseQueueFull',
    fault: 'a query takes 0.5 s, and 300 clients a second register',
    site: { env: { WR_DATABASE_POOL: '2' } },
    inject: async (site) => {
      site.faults.postgresProxy.latency(250);
      for (let n = 0; n < 60; n += 1) site.repeat(100, () => visit(site));
      return Promise.resolve();
    },
    shows: [
      [
        'wr_license_queue',
        /^wr_license_unavailable_total\{[^}]*reason="(?:would_be_late|queue_full)"[^}]*\} [1-9]/m,
        /^wr_license_checks_limit/m,
      ],
      ['wr_database_query_seconds', /^wr_database_query_seconds_count\{[^}]*query="activate"/m],
      ['pg_stat_activity', /count/],
    ],
    repair: databaseIsBack,
  },
  {
    alert: 'WrRegisterSlow',
    fault: 'a query takes 0.6 s, while clients register',
    inject: async (site) => {
      site.faults.postgresProxy.latency(300);
      for (let n = 0; n < 3; n += 1) site.repeat(100, () => visit(site));
      return Promise.resolve();
    },
    shows: [
      ['wr_register_seconds', /^wr_register_seconds_count/m, /^wr_registers_in_flight/m],
      ['wr_database_query_seconds', /^wr_database_query_seconds_sum/m, /^wr_redis_call_seconds_sum/m],
      ['cluster status', /NODE/],
    ],
    repair: databaseIsBack,
  },
];
