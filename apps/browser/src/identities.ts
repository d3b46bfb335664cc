import { hasIdentity, keepIdentity, type Identity } from '@white-rabbit/client';

/** The identities that this browser keeps, by profile name. */
export interface Identities {
  has(name: string): Promise<boolean>;
  /** Generated if there is none. @throws Error with a sentence for the user, if the browser cannot keep keys. */
  open(name: string): Promise<Identity>;
}

/** In IndexedDB. A name is the same in every Unicode form. */
export const IDENTITIES: Identities = {
  has: (name) => hasIdentity(name.normalize()),
  open: (name) => keepIdentity(name.normalize()),
};
