/** The part of vitest's JSON report (the reporter `json`) that is read here. */
export interface TestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; message: string; assertionResults: { status: string }[] }[];
}

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * The counts of the reports of all runs. A file that failed although none of its tests did (it could not be loaded, its set-up failed,
 * or its process died) counts as one failure; so does a run that left no report (null).
 */
export function countTests(reports: readonly (TestReport | null)[]): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports) {
    counts.passed += report?.numPassedTests ?? 0;
    counts.failed += report === null ? 1 : report.numFailedTests + brokenFiles(report).length;
    counts.skipped += report === null ? 0 : report.numPendingTests + report.numTodoTests;
  }
  return counts;
}

function brokenFiles({ testResults }: TestReport): TestReport['testResults'] {
  return testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
}

/** The last line of a test run. */
export function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

export interface StepOutcome {
  name: string;
  /** What a developer types to see this step alone. */
  command: string;
  /** Exit code; null when the step could not start or was killed. */
  code: number | null;
}

/** Why the whole run fails, one sentence each; empty when it is good. */
export function faults(
  steps: readonly StepOutcome[],
  reports: readonly (TestReport | null)[],
  isCi: boolean,
): string[] {
  const { passed, failed, skipped } = countTests(reports);
  const failedSteps = steps
    .filter(({ code }) => code !== 0)
    .map(({ name, command }) => `${name} failed; to see it alone: ${command}`);
  const reasons = [
    [reports.includes(null), 'vitest wrote no report, which counts as one failure'],
    [!reports.includes(null) && passed + failed === 0, 'no test ran'],
    [isCi && skipped > 0, 'tests were skipped, and nothing may be skipped in CI'],
  ] as const;
  return [
    ...failedSteps,
    ...reports
      .flatMap((report) => (report === null ? [] : brokenFiles(report)))
      .map(({ name, message }) => `${name} did not run: ${message}`),
    ...reasons.filter(([holds]) => holds).map(([, sentence]) => sentence),
  ];
}
