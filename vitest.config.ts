import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The program and the test processes are started hundreds of times: what they load is stripped of its types and compiled once. */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('.cache/compiled', import.meta.url));

/** Set by tests/property/run.ts: then something stands in the place of fast-check that tries each property oftener. */
const oftener =
  process.env['WINNOW_TEST_TIMES'] === undefined
    ? []
    : [{ find: /^fast-check$/, replacement: fileURLToPath(new URL('tests/property/more-runs.ts', import.meta.url)) }];

/** Set by tests/run.ts, which counts results in vitest's own JSON report. */
const reportPath = process.env['WINNOW_TEST_REPORT'];

/** How many of the files that take most of the processors are told at the end. */
const areDearestTold = process.env['WINNOW_TEST_DEAREST'] !== undefined;

/**
 * No matter of the inner loop: what starts processes, tries thousands of inputs, floods history, damages every byte of a file, simulates
 * a platform or scores a stream takes a second or more each.
 */
const slow = [
  'tests/property/**/*.test.ts',
  'tests/contract/{embedded-feature-store,embedded-matrix,matrix-sink,persistent-feature-store,sqlite-archive}.test.ts',
  'tests/pipeline/{bad-rules,calibration,erasure-order,groups-redelivery,honest-crowds,lift-command,model-swap,panel,redelivery,repeatability,replay-command,samples,shadow-rules}.test.ts',
  'tests/unit/adapters/embedded/{floods,group-store,kept-standings,snapshot-lock,snapshot-reader,snapshot-writer}.test.ts',
  'tests/unit/adapters/kafka/codecs.test.ts',
  'tests/unit/adapters/system/huge-pages.test.ts',
  'tests/unit/history/single-element.test.ts',
  'tests/unit/adapters/onnx/trees.test.ts',
  'tests/unit/adapters/parquet/matrix.test.ts',
  'tests/unit/adapters/valkey/state-codec.test.ts',
  'tests/unit/app/{damaged-bundles,panel-reload,proof,registry,reload,versions,versions-in-force}.test.ts',
  'tests/unit/cli/{calibrate,check-policy,config-checks,estimates,features,governor,groups,import,launcher,list,main,model,models-walk,no-calls,queue,report,simulate,train}.test.ts',
  'tests/unit/config/secrecy.test.ts',
  'tests/unit/deploy/{image,kubernetes,systemd}.test.ts',
  'tests/unit/evaluation/{estimates/proof,queue/draw,rule-hits}.test.ts',
  'tests/unit/cli/{compare,demo}.test.ts',
  'tests/unit/features/simulated-stream.test.ts',
  'tests/unit/policy/many-faults.test.ts',
  'tests/unit/reports/quarter.test.ts',
  'tests/unit/scoring/{drift,norms-file,own-norms}.test.ts',
  'tests/unit/servers/process.test.ts',
  'tests/unit/simulation/{hardness,simulate,worlds}.test.ts',
  'tests/unit/simulation/{campaigns/all,population/people,segments/all}.test.ts',
  'tests/unit/wire/asyncapi.test.ts',
];

/** They look at the memory of their process, or put modules in the place of others. */
const slowApart = ['tests/unit/adapters/reference/{hashed-cache,load}.test.ts', 'tests/unit/archive/erase.test.ts'];

/** What an earlier test left running in the process would set timers in the time that these move by hand, without end. */
const handMadeTime = [
  'tests/unit/adapters/embedded/{persistent-store,quiet-moment}.test.ts',
  'tests/unit/adapters/kafka/{keeper,partition-holds,request-queue}.test.ts',
  'tests/unit/app/{hold-watch,machine/supervisor}.test.ts',
  'tests/unit/{lifecycle,store-guard}.test.ts',
];

/** They touch no server but those that they start themselves. */
const ownServers = ['tests/integration/{postgres,registry,valkey}/**/*.test.ts'];

/** A server of MLflow takes a gigabyte: it is tried where the program is named, and else is no part of the tests. */
const withoutMlflow = process.env['WINNOW_TEST_MLFLOW'] === undefined ? ['tests/integration/registry/**'] : [];

/** What is packed, and what measures it: half a minute each of processes that wait for nobody, many times that where they yield. */
const product = ['tests/integration/{bench,package}.test.ts'];

/**
 * Against servers: who waits for a broker, an outage or a hold leaves its core to others, so more at a time than there are cores. More
 * than that, and what is killed after so many decisions would be done before.
 */
const serverWorkers = Math.ceil(availableParallelism() * 1.5);

/**
 * Ten times what any takes, and more: in `npm test` those without servers yield to those that wait for servers, and a machine may do other
 * things too. They keep a run that hangs from hanging for ever, and judge nothing. Milliseconds.
 */
const quick = { testTimeout: 120_000, hookTimeout: 120_000 };
const patient = { testTimeout: 900_000, hookTimeout: 900_000 };
const mostPatient = { testTimeout: 1_800_000, hookTimeout: 1_800_000 };

/**
 * One process for many files: to load everything anew for each took longer than the tests themselves. So a test gives back what it takes
 * of its process, and no module may be put in the place of another.
 */
const oneProcess = { isolate: false, restoreMocks: true, unstubEnvs: true } as const;

export default defineConfig({
  resolve: { alias: oftener },
  test: {
    reporters: [
      'default',
      './tests/skip-reporter.ts',
      ...(areDearestTold ? ['./tests/dearest-reporter.ts'] : []),
      ...(reportPath === undefined ? [] : ['json']),
    ],
    ...(areDearestTold ? { setupFiles: ['./tests/processor-time-setup.ts'] } : {}),
    ...(reportPath === undefined ? {} : { outputFile: { json: reportPath } }),
    teardownTimeout: 60_000,
    // A poll waits for what will be so. That it is not is told by its test's own end, or by this one where that is far away.
    expect: { poll: { timeout: 60_000 } },
    // Processes, not threads: ending a thread while it scores a model aborts the process.
    pool: 'forks',
    // One a core: with the one less that is the default, a small machine would test on one.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['unit', 'contract', 'architecture', 'pipeline', 'golden', 'docs'].map(
            (suite) => `tests/${suite}/**/*.test.ts`,
          ),
          exclude: [...slow, ...slowApart, ...handMadeTime],
          ...oneProcess,
          ...quick,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'unit-apart', include: handMadeTime, ...quick, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'product',
          include: product,
          ...mostPatient,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['tests/simulation/**/*.test.ts'],
          setupFiles: ['tests/simulation/setup.ts'],
          ...mostPatient,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: slow,
          ...oneProcess,
          ...patient,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'slow-apart', include: slowApart, ...patient, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'own-servers',
          include: ownServers,
          exclude: withoutMlflow,
          maxWorkers: serverWorkers,
          maxConcurrency: 10,
          ...patient,
          // Some give a server little time to answer, so not beside what keeps all cores busy.
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'campaign',
          include: ['tests/campaign/**/*.test.ts'],
          maxWorkers: serverWorkers,
          ...patient,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          exclude: [...ownServers, ...product],
          maxWorkers: serverWorkers,
          globalSetup: ['tests/servers/global-setup.ts'],
          // Cases that run at once mostly wait for Kafka.
          maxConcurrency: 10,
          ...patient,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
