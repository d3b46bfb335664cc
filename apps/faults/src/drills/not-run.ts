import { findProgram } from '@white-rabbit/testing';
import { withoutComment } from './runbook.js';

/** Programs of the page that are not the functions `wr_…`. */
const PROGRAMS = /^(?:echo \| )?(kubectl|docker|redis-cli|chronyc|dig|curl|openssl|amtool)\b/;

/** Programs that a drill never runs. */
const NEVER: Readonly<Record<string, string>> = {
  kubectl: 'Kubernetes only; test/kubectl-commands.contract.ts checks its syntax',
  docker: 'Docker Compose only; deploy/test/compose-commands.contract.ts checks its syntax',
  chronyc: 'it sets the clock of this machine',
};

/** Why a command of the runbook does not run here. */
export interface NotRun {
  readonly reason: string;
  /** Whether the machine lacks a program, which must not happen in CI: the command would never be tested. */
  readonly isMissing: boolean;
}

/** Why a command of the runbook cannot run here, or `undefined` if it can. */
export async function notRunReason(command: string, find = findProgram): Promise<NotRun | undefined> {
  const program = PROGRAMS.exec(withoutComment(command))?.[1];
  if (program === undefined) return undefined;
  const never = NEVER[program];
  if (never !== undefined) return { reason: never, isMissing: false };
  return (await find(program)) === undefined ? { reason: `${program} is not installed`, isMissing: true } : undefined;
}
