import { describe, expect, it } from 'vitest';
import { countTests, faults, summaryLine, type TestReport } from '../summary.ts';

const report = (changes: Partial<TestReport> = {}): TestReport => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ name: 'a.test.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed' }] }],
  ...changes,
});
const file = (status: string, ...tests: string[]): TestReport['testResults'][number] => ({
  name: 'b.test.ts',
  status,
  message: 'cannot find module',
  assertionResults: tests.map((each) => ({ status: each })),
});
const good = { name: 'types', command: 'npm run check:types', code: 0 };

describe('countTests', () => {
  it.each<[string, TestReport | null, [number, number, number]]>([
    ['takes the numbers of the report', report({ numFailedTests: 2 }), [3, 2, 0]],
    ['counts skipped and planned tests together', report({ numPendingTests: 1, numTodoTests: 2 }), [3, 0, 3]],
    ['counts a file that did not load as one failure', report({ testResults: [file('failed')] }), [3, 1, 0]],
    [
      'counts a file whose set-up failed after its tests',
      report({ testResults: [file('failed', 'passed')] }),
      [3, 1, 0],
    ],
    [
      'does not count a failed test twice',
      report({ numFailedTests: 1, testResults: [file('failed', 'failed')] }),
      [3, 1, 0],
    ],
    ['counts a missing report as one failure', null, [0, 1, 0]],
  ])('%s', (_name, given, [passed, failed, skipped]) => {
    expect(countTests([given])).toEqual({ passed, failed, skipped });
  });

  it('adds up the reports of several runs, one that is missing too', () => {
    const skipping = report({ numPendingTests: 2, testResults: [file('failed')] });
    expect(countTests([report(), null, skipping])).toEqual({ passed: 6, failed: 2, skipped: 2 });
  });
});

describe('summaryLine', () => {
  it.each([
    [{ passed: 12, failed: 0, skipped: 0 }, '12 passed, 0 failed'],
    [{ passed: 12, failed: 1, skipped: 2 }, '12 passed, 1 failed, 2 skipped'],
  ])('%j', (counts, line) => {
    expect(summaryLine(counts)).toBe(line);
  });
});

describe('faults', () => {
  const skipping = report({ numPendingTests: 1 });
  it.each<[string, Parameters<typeof faults>, RegExp[]]>([
    ['finds none in a good run', [[good], [report()], true], []],
    [
      'names a failed step and its command',
      [[{ ...good, code: 2 }], [report()], false],
      [/^types failed.*npm run check:types$/],
    ],
    ['names a step that was killed', [[{ ...good, code: null }], [report()], false], [/^types failed/]],
    [
      'names a file that did not load',
      [[good], [report({ testResults: [file('failed')] })], false],
      [/^b\.test\.ts .*cannot find/],
    ],
    ['minds that no test ran', [[good], [report({ numPassedTests: 0, testResults: [] })], false], [/no test ran/]],
    ['minds that one of several reports is missing', [[good], [report(), null], false], [/no report/]],
    ['minds a missing report', [[good], [null], false], [/no report/]],
    ['lets tests be skipped on a developer’s machine', [[good], [skipping], false], []],
    ['minds skipped tests in CI', [[good], [skipping], true], [/skipped/]],
  ])('%s', (_name, given, expected) => {
    expect(faults(...given)).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });
});
