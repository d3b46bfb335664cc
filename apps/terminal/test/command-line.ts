import type { TestCluster } from '@white-rabbit/testing';

/** The command-line options of a user. */
export interface UserOptions {
  /** Number of the gateway, from 0. */
  readonly at?: number;
  readonly key?: string;
  /** Other profiles in the same home folder. */
  readonly contacts?: string;
  readonly more?: readonly string[];
}

/** The command line of a user at a gateway. */
export async function lineOf(
  cluster: TestCluster,
  home: string,
  name: string,
  { at = 0, key, contacts, more = [] }: UserOptions,
): Promise<readonly string[]> {
  const { url } = cluster.gateway(at);
  const options = ['--url', url, '--key', key ?? (await cluster.licenseKey()), '--name', name, '--home', home];
  return [...options, ...(contacts === undefined ? [] : ['--local-contacts', contacts]), ...more];
}
