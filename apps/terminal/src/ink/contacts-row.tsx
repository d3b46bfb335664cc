import type { ReactNode } from 'react';
import { Text } from 'ink';
import type { ContactView } from '../view.js';
import { GAP_COLUMNS, type ContactRow } from './contact-rows.js';

/** Readable without colours too. */
const MARKS = { online: '●', offline: '○', unknown: '◌' } as const;

/** Some of the contacts, each with whether it is there. */
export function ContactsRow({ row: { contacts, others } }: { readonly row: ContactRow }): ReactNode {
  return (
    <Text wrap="truncate">
      {contacts.map((contact, index) => (
        <Text key={index}>
          {index > 0 && ' '.repeat(GAP_COLUMNS)}
          <Contact contact={contact} />
        </Text>
      ))}
      {others > 0 && <Text dimColor>{`  +${others} more`}</Text>}
    </Text>
  );
}

function Contact({ contact: { name, presence } }: { readonly contact: ContactView }): ReactNode {
  const text = `${MARKS[presence]} ${name}`;
  return presence === 'online' ? <Text color="green">{text}</Text> : <Text dimColor>{text}</Text>;
}
