import type { ServerFrame } from './frame.js';

/** A STUN or TURN server in the form of `RTCIceServer`, as browsers and werift take it. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

type Offered = ServerFrame<'accept'>['data']['ice_servers'];

/** The servers that an `accept` or its `ack` offers; none where it offers none. */
export function readIceServers(offered: Offered = []): readonly IceServer[] {
  return offered.map(({ urls, username, credential }) => ({
    urls: [...urls],
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  }));
}
