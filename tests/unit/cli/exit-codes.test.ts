import { describe, expect, it } from 'vitest';

import { describeExitCodes, exitCodeOf, exitCodes } from '../../../src/cli/exit-codes.ts';
import { failureCatalogue } from '../../../src/domain/failure-catalogue.ts';
import type { FailureCode } from '../../../src/domain/failure.ts';

describe('exit codes', () => {
  it('differ from each other', () => {
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each([
    ['EVENT_NOT_JSON', 6],
    ['CONFIG_INVALID', 3],
    ['CONFIG_UNREADABLE', 3],
    ['POLICY_INVALID', 4],
    ['BUNDLE_HASH', 4],
    ['DEPLOYMENT_INVALID', 4],
    ['BROKER_AUTHENTICATION', 5],
    ['TOPIC_MISSING', 5],
    ['STORE_UNAVAILABLE', 1],
    ['INPUT_UNREADABLE', 6],
    ['OUTPUT_UNWRITABLE', 6],
  ] as const)('%s ends the program with %i', (failure, code) => {
    expect(exitCodeOf(failure)).toBe(code);
  });

  it('are neither success nor a bug for any failure of the catalogue', () => {
    const codes = new Set(Object.keys(failureCatalogue).map((failure) => exitCodeOf(failure as FailureCode)));
    expect([...codes].toSorted((one, other) => one - other)).toEqual([1, 3, 4, 5, 6]);
  });

  it('are all explained', () => {
    expect(describeExitCodes().split('\n')).toHaveLength(1 + Object.keys(exitCodes).length);
    expect(describeExitCodes()).toContain('\n   3  the configuration has faults: see winnow check-config\n');
  });
});
