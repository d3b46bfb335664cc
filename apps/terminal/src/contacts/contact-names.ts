import { isPeerId, type AddressBook, type Contact } from '@white-rabbit/client/chat';

const LONGEST_NAME = 64;

/**
 * Whether a contact can have this name: 1 to 64 characters without controls and invisible ones, which could imitate another
 * name, and without `,` and `=`, which separate contacts on the command line.
 */
export function isContactName(word: string): boolean {
  return word.length <= LONGEST_NAME && word.trim() === word && /^[^\p{C},=]+$/u.test(word);
}

/** Why this contact cannot be added, as a sentence for the user; `undefined` if it can. */
export function contactFault(book: AddressBook, { name, peerId }: Contact): string | undefined {
  if (!isPeerId(peerId)) return `'${peerId}' is not a peer id, which has 8 to 128 letters, digits, - and _.`;
  if (name !== peerId && !isContactName(name))
    return `The name ${JSON.stringify(name)} cannot be used: a name has 1 to ${LONGEST_NAME} visible characters, without , and =.`;
  const known = book.find(name);
  if (known === undefined || known === peerId) return undefined;
  return `You already have a contact ${name} with another peer id. Choose another name, or type /remove ${name} first.`;
}
