import type { Stage } from '@white-rabbit/testing';

/** How somebody starts the program. */
export interface Seat {
  /** Number of their gateway, from 0. */
  readonly at?: number;
  readonly key?: string;
  readonly contacts?: string;
  readonly more?: readonly string[];
}

/** The command line of somebody at one of the gateways. */
export async function lineOf(
  stage: Stage,
  home: string,
  name: string,
  { at = 0, key, contacts, more = [] }: Seat,
): Promise<readonly string[]> {
  const { url } = stage.cluster.gateway(at);
  const options = ['--url', url, '--key', key ?? (await stage.key()), '--name', name, '--home', home];
  return [...options, ...(contacts === undefined ? [] : ['--contacts', contacts]), ...more];
}
