import { describe, expect, it } from '@jest/globals';
import { notRunReason } from './not-run.js';

const found = (program: string) => Promise.resolve(`/usr/bin/${program}`);
const missing = () => Promise.resolve(undefined);

describe('A command of the runbook', () => {
  it('runs if its program is on the machine, and is a function of the page', async () => {
    expect(await notRunReason('dig +short localhost', found)).toBeUndefined();
    expect(await notRunReason('wr_add 3', missing)).toBeUndefined();
  });

  it('does not run without its program, and counts as missing', async () => {
    expect(await notRunReason('dig +short localhost', missing)).toEqual({
      reason: 'dig is not installed',
      isMissing: true,
    });
  });

  it.each([
    'chronyc makestep            # on the machine whose clock is wrong',
    'kubectl get pods',
    'docker compose ps',
  ])('never runs, although its program is there: %s', async (command) => {
    expect(await notRunReason(command, found)).toMatchObject({ isMissing: false });
  });
});
