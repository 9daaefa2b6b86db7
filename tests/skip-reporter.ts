import type { Reporter, TestModule } from 'vitest/node';

/** Says at the very end what was skipped and why, so that a green run cannot hide it. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[]): void {
    const namesByReason = new Map<string, string[]>();
    for (const testModule of testModules) {
      for (const test of testModule.children.allTests('skipped')) {
        const result = test.result();
        const reason = (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given';
        const names = namesByReason.get(reason) ?? [];
        namesByReason.set(reason, [...names, `${testModule.relativeModuleId} > ${test.fullName}`]);
      }
    }
    for (const [reason, names] of namesByReason) {
      process.stdout.write(`\nSKIPPED ${names.length}: ${reason}\n  ${names.join('\n  ')}\n`);
    }
  }
}
