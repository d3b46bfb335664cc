import { MAX_OPERATOR_LENGTH, SELF_SERVICE, UNNAMED } from '@white-rabbit/license';
import { UsageFailure } from './command-failure.js';

/** Anything that would spoil a line of the trail. */
const UNPRINTABLE = /\p{C}/u;

/** Who the audit trail is to name: `--operator`, else `WR_OPERATOR`, else nobody. */
export function operatorName(told: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const name = (told ?? env['WR_OPERATOR'] ?? '').trim();
  if (name === '' && told === undefined) return UNNAMED;
  if (name === '' || name.length > MAX_OPERATOR_LENGTH || UNPRINTABLE.test(name))
    throw new UsageFailure(
      `The operator's name (--operator or WR_OPERATOR) has 1 to ${MAX_OPERATOR_LENGTH} characters.`,
    );
  if (name === SELF_SERVICE)
    throw new UsageFailure(`"${SELF_SERVICE}" stands for users; take another operator's name.`);
  return name;
}
