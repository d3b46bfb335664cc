import { join } from 'node:path';
import { keepIdentityFile, readIdentityFile } from '@white-rabbit/client/node';
import type { Identity } from '@white-rabbit/client';
import { isProfileName } from '@white-rabbit/client/chat';

/** The file with the contacts of a profile. A profile's name has no dot, so no other profile has this file. */
export function contactsFile(home: string, name: string): string {
  return join(home, `${name}.contacts.json`);
}

/** The identity of a profile; generated if there is none. @throws Error that names the file, if it is not an identity. */
export function openProfile(home: string, name: string): Promise<Identity> {
  return keepIdentityFile(profileFile(home, name));
}

/** The identity of a profile; `undefined` if there is none. @throws Error that names the file, if it is not an identity. */
export async function findProfile(home: string, name: string): Promise<Identity | undefined> {
  return isProfileName(name) ? readIdentityFile(profileFile(home, name)) : undefined;
}

function profileFile(home: string, name: string): string {
  return join(home, `${name}.json`);
}
