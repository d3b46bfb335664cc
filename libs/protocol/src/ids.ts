import { z } from 'zod';

/** The characters of ids that a client generates (docs/protocol.md, section 2). */
const NAME = '[A-Za-z0-9_-]';

const name = (min: number, max: number) => z.string().regex(new RegExp(`^${NAME}{${min},${max}}$`));

/** An addressable endpoint. The client generates it: 8–128 of `A–Z a–z 0–9 _ -`. */
export const PeerId = name(8, 128).brand<'PeerId'>().meta({ id: 'PeerId' });
export type PeerId = z.infer<typeof PeerId>;

/** The device to which a license is bound. The client generates it: 8–128 of `A–Z a–z 0–9 _ -`. Other peers never see it. */
export const DeviceId = name(8, 128).brand<'DeviceId'>().meta({ id: 'DeviceId' });
export type DeviceId = z.infer<typeof DeviceId>;

/** A call. The caller generates it: 8–64 of `A–Z a–z 0–9 _ -`, and never uses it again. */
export const CallId = name(8, 64).brand<'CallId'>().meta({ id: 'CallId' });
export type CallId = z.infer<typeof CallId>;

/** The correlation token of a request: 1–64 characters, repeated only in the response. */
export const Ref = z.string().min(1).max(64).brand<'Ref'>().meta({ id: 'Ref' });
export type Ref = z.infer<typeof Ref>;

/** A registered connection. The gateway generates it at every `register`. */
export const SessionId = name(8, 64).brand<'SessionId'>().meta({ id: 'SessionId' });
export type SessionId = z.infer<typeof SessionId>;
