import { z } from 'zod';

/**
 * A STUN or TURN server in the form of WebRTC's `RTCIceServer`. `username` and `credential` are there for TURN, and
 * serve for the one call they were given with: they run out (`LIMITS.turnCredentialsMs`).
 */
export const IceServer = z.object({
  /** `stun:`, `turn:` or `turns:` URLs of one server, or of several that take the same credentials. */
  urls: z.array(z.string()).min(1),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof IceServer>;
