import { z } from 'zod';

/** Characters a client may use in names it makes itself (PROTOCOL.md, section 2). */
const NAME = '[A-Za-z0-9_-]';

const name = (min: number, max: number) => z.string().regex(new RegExp(`^${NAME}{${min},${max}}$`));

/** An addressable endpoint, named by its client: 8–128 of `A–Z a–z 0–9 _ -`. */
export const PeerId = name(8, 128).brand<'PeerId'>().meta({ id: 'PeerId' });
export type PeerId = z.infer<typeof PeerId>;

/** What a license is bound to, named by its client: 8–128 of `A–Z a–z 0–9 _ -`. Never shown to another peer. */
export const DeviceId = name(8, 128).brand<'DeviceId'>().meta({ id: 'DeviceId' });
export type DeviceId = z.infer<typeof DeviceId>;

/** One call, named by its caller: 8–64 of `A–Z a–z 0–9 _ -`, never used again by it. */
export const CallId = name(8, 64).brand<'CallId'>().meta({ id: 'CallId' });
export type CallId = z.infer<typeof CallId>;

/** The client's own correlation token: 1–64 characters, echoed in the direct answer and nowhere else. */
export const Ref = z.string().min(1).max(64).brand<'Ref'>().meta({ id: 'Ref' });
export type Ref = z.infer<typeof Ref>;

/** One registered connection, named by its gateway. New at every `register`. */
export const SessionId = name(8, 64).brand<'SessionId'>().meta({ id: 'SessionId' });
export type SessionId = z.infer<typeof SessionId>;
