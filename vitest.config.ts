import { defineConfig } from 'vitest/config';

/** Set by tests/run.ts, which counts results in vitest's own JSON report. */
const reportPath = process.env['WINNOW_TEST_REPORT'];

/** Tests that start the program, or other processes: seconds each, so that the inner loop goes without them. */
const commands = [
  'tests/pipeline/replay-command.test.ts',
  'tests/unit/cli/{features,import,launcher,main,no-calls,queue,simulate}.test.ts',
  'tests/unit/app/{proof,versions-in-force}.test.ts',
  'tests/unit/servers/process.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './tests/skip-reporter.ts', ...(reportPath === undefined ? [] : ['json'])],
    ...(reportPath === undefined ? {} : { outputFile: { json: reportPath } }),
    teardownTimeout: 60_000,
    // Processes, not threads: ending a thread while it scores a model aborts the process.
    pool: 'forks',
    // One a core: with the one less that is the default, a small machine would test on one.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['unit', 'property', 'contract', 'architecture', 'pipeline', 'golden', 'docs'].map(
            (suite) => `tests/${suite}/**/*.test.ts`,
          ),
          exclude: commands,
          testTimeout: 20_000,
          // Some suites begin with a simulated stream, or with a run of the program.
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['tests/simulation/**/*.test.ts'],
          setupFiles: ['tests/simulation/setup.ts'],
          testTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'commands',
          include: commands,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/servers/global-setup.ts'],
          // One broker, and tests that restart it: one file after the other, after everything else.
          fileParallelism: false,
          // Cases that run at once mostly wait for Kafka.
          maxConcurrency: 10,
          testTimeout: 300_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
