import { findProgram } from '@white-rabbit/testing';
import { withoutComment } from './runbook.js';

/** Programs of the page that are not the functions `wr_…`. */
const PROGRAMS = /^(?:echo \| )?(kubectl|docker|redis-cli|chronyc|dig|curl|openssl|amtool)\b/;

/** Programs for another platform than processes of this machine. */
const OTHER_PLATFORM: Readonly<Record<string, string>> = {
  kubectl: 'Kubernetes only; test/kubectl-commands.contract.ts checks its syntax',
  docker: 'Docker Compose only',
};

/** Why a command of the runbook cannot run here, or `undefined` if it can. */
export async function notRunReason(command: string): Promise<string | undefined> {
  const program = PROGRAMS.exec(withoutComment(command))?.[1];
  if (program === undefined) return undefined;
  const other = OTHER_PLATFORM[program];
  if (other !== undefined) return other;
  return (await findProgram(program)) === undefined ? `${program} is not installed` : undefined;
}
