import { MAX_OPERATOR_LENGTH, SELF_SERVICE, UNNAMED } from '@white-rabbit/license';
import { userInfo } from 'node:os';
import { UsageFailure } from './command-failure.js';

/** Control and format characters: they would break a line of the audit trail. */
const UNPRINTABLE = /\p{C}/u;

/** The operator's name for the audit trail: `--operator`, else `WR_OPERATOR`, else the login of the operating system. */
export function operatorName(given: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const name = (given ?? setOperator(env) ?? systemLogin()).trim();
  if (name === '' || name.length > MAX_OPERATOR_LENGTH || UNPRINTABLE.test(name))
    throw new UsageFailure(
      `The operator's name (--operator or WR_OPERATOR) has 1 to ${MAX_OPERATOR_LENGTH} characters.`,
    );
  if (name === SELF_SERVICE)
    throw new UsageFailure(`"${SELF_SERVICE}" is reserved for users; choose another operator name.`);
  return name;
}

/** An empty variable counts as not set. */
function setOperator({ WR_OPERATOR: name }: Readonly<Record<string, string | undefined>>): string | undefined {
  return name === '' ? undefined : name;
}

/** A container can run as a user without a name. */
function systemLogin(): string {
  try {
    return userInfo().username;
  } catch {
    return UNNAMED;
  }
}
