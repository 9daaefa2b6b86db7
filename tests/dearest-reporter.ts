import type { Reporter, TestModule } from 'vitest/node';

const shown = Number(process.env['WINNOW_TEST_DEAREST']);

/** Says what all files took of the processors, and which took most: of two cores, a run of the whole takes half of the sum. */
export default class DearestReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[]): void {
    const files = testModules
      .map((file) => ({ name: file.relativeModuleId, project: file.project.name, ms: file.meta().processorMs ?? 0 }))
      .toSorted((first, second) => second.ms - first.ms);
    const sum = files.reduce((total, { ms }) => total + ms, 0);
    process.stdout.write(`\nProcessor time\n${line(sum, `all ${files.length} files`)}`);
    for (const { name, project, ms } of files.slice(0, shown)) process.stdout.write(line(ms, `${project}: ${name}`));
  }
}

function line(ms: number, name: string): string {
  return `${(ms / 1_000).toFixed(2).padStart(9)} s  ${name}\n`;
}
