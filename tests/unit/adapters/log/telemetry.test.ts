import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../../../src/adapters/log/logger.ts';
import { LogTelemetry } from '../../../../src/adapters/log/telemetry.ts';
import { failureCatalogue } from '../../../../src/domain/failure-catalogue.ts';
import type { Failure } from '../../../../src/domain/failure.ts';
import { batchReport } from '../prometheus/batch-report.ts';
import { HandClock, recordingLogger } from './recording.ts';

const storeDown: Failure = { code: 'STORE_UNAVAILABLE', message: 'No answer in 500 ms.' };

function start(level: LogLevel = 'info') {
  const clock = new HandClock();
  const { logger, lines } = recordingLogger(level, clock);
  return { clock, lines, telemetry: new LogTelemetry(logger, clock) };
}

describe('LogTelemetry', () => {
  it.each<[string, (telemetry: LogTelemetry) => void, string, RegExp]>([
    [
      'a loaded model',
      (t) => t.modelLoaded('starter', '2026.11.1', 'ab'),
      'info',
      /^Model starter 2026.11.1 is in use/,
    ],
    ['a refused bundle', (t) => t.modelRefused(storeDown), 'error', /refused; the champion stays/],
    ['a failed model', (t) => t.modelFailed(storeDown), 'error', /by rules alone/],
    ['a fall back', (t) => t.modelFellBack('starter', '1', 'ab12'.repeat(16)), 'error', /starter 1, the one before it/],
    ['a policy', (t) => t.policyLoaded('7', 'ab', 9), 'info', /^Policy 7 with 9 rules is in force/],
    ['a refused policy', (t) => t.policyRefused(storeDown), 'error', /the former one stays in force/],
    [
      'a batch that cannot be read',
      (t) => t.held('read', { code: 'EVENT_BATCH_UNREADABLE', message: 'Offsets 3 to 5.' }, 1, 100),
      'warn',
      /^A batch of records cannot be read; its partition waits/,
    ],
    [
      'records that are gone',
      (t) => t.recordsLost('t', 0, 5, 9),
      'error',
      /^Records were deleted before they were read/,
    ],
    ['another partition', (t) => t.partitionRemade('t', 0, 9, 0), 'error', /^A partition goes on before where it was/],
    ['a hold', (t) => t.held('store', storeDown, 1, 100), 'warn', /^The feature store does not answer/],
    ['partitions', (t) => t.partitionsAssigned([{ topic: 'a', partition: 1 }]), 'info', /owns 1 partition\./],
    ['a restored snapshot', (t) => t.snapshotRestored({ entities: 7, bytes: 9, tookMs: 1 }), 'info', /is back/],
    ['a written snapshot', (t) => t.snapshotWritten({ entities: 7, bytes: 9, tookMs: 1 }), 'info', /is written/],
    ['a failed snapshot', (t) => t.snapshotFailed(storeDown), 'error', /snapshot of the history/],
    ['an emptied history', (t) => t.historyEmptied(4), 'error', /lost what it held/],
    ['a partition that history does not know', (t) => t.historyUnknown('a', 1), 'warn', /knows nothing of it/],
    ['a damaged value', (t) => t.historyDamaged('ip', 1), 'warn', /not what Winnow writes/],
    ['a stale batch', (t) => t.staleBatchDropped('a', 1, 5), 'info', /dropped/],
    ['a state', (t) => t.stateChanged('starting', 'running'), 'info', /from starting to running/],
  ])('tells of %s in a sentence', (_case, tell, level, sentence) => {
    const { telemetry, lines } = start();
    tell(telemetry);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level, message: expect.stringMatching(sentence) as string });
  });

  it('tells of records that are not keyed by their account, every ten seconds at most', () => {
    const { telemetry, lines } = start();
    for (let batch = 0; batch < 3; batch++)
      telemetry.batchDone(batchReport({ misplaced: { no_key: 2, other_key: 1 } }));
    telemetry.close();
    expect(lines.map((line) => [line['records'], line['reasons']])).toEqual([
      [3, { no_key: 2, other_key: 1 }],
      [6, { no_key: 4, other_key: 2 }],
    ]);
  });

  it('says what is wrong and what to do', () => {
    const { telemetry, lines } = start();
    telemetry.policyRefused({ code: 'POLICY_INVALID', message: 'Unknown feature.', path: 'policy.yaml:3:7' });
    expect(lines[0]).toMatchObject({
      code: 'POLICY_INVALID',
      problem: 'Unknown feature.',
      path: 'policy.yaml:3:7',
      remedy: failureCatalogue.POLICY_INVALID.remedy,
    });
  });

  it('is silent about batches in which nothing is wrong', () => {
    const { telemetry, lines } = start();
    telemetry.batchDone(batchReport({ records: 256, silent: 256 }));
    telemetry.lagMeasured();
    telemetry.membersCounted();
    expect(lines).toEqual([]);
  });

  it('tells each batch, but no event, at debug', () => {
    const { telemetry, lines } = start('debug');
    telemetry.batchDone(batchReport({ records: 256, silent: 255, stepMs: [1, 1, 2, 3, 4, 5, 6, 7] }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'debug', records: 256, silent: 255, durationMs: 29 });
  });

  it('sums dead letters up by code and tells them every ten seconds at most', () => {
    const { telemetry, lines, clock } = start();
    for (let batch = 0; batch < 100; batch++) {
      telemetry.batchDone(batchReport({ deadLetters: { EVENT_NOT_JSON: 2, EVENT_EMPTY: 1 } }));
      clock.ms += 150;
    }
    expect(lines.map((line) => line['codes'])).toEqual([
      { EVENT_NOT_JSON: 2, EVENT_EMPTY: 1 },
      { EVENT_NOT_JSON: 134, EVENT_EMPTY: 67 },
    ]);
  });

  it('tells what waits when it is closed, so that no dead letter goes untold', () => {
    const { telemetry, lines } = start();
    for (let batch = 0; batch < 3; batch++) telemetry.batchDone(batchReport({ deadLetters: { EVENT_EMPTY: 1 } }));
    telemetry.close();
    expect(lines.map((line) => line['deadLetters'])).toEqual([1, 2]);
  });

  it('tells degraded batches by part, every ten seconds at most', () => {
    const { telemetry, lines } = start();
    telemetry.batchDone(batchReport({ degraded: ['store', 'model'] }));
    telemetry.batchDone(batchReport({ degraded: ['store'] }));
    telemetry.close();
    expect(lines.map((line) => line['batches'])).toEqual([{ store: 1, model: 1 }, { store: 1 }]);
  });

  it('tells a model that fails with every batch every ten seconds at most', () => {
    const { telemetry, lines, clock } = start();
    for (let batch = 0; batch < 30; batch++) {
      telemetry.modelFailed({ code: 'MODEL_FAILED', message: 'It threw.' });
      clock.ms += 500;
    }
    expect(lines.map((line) => line['failures'])).toEqual([1, 20]);
  });

  it('tells a hold ever more rarely, and every five minutes in the end', () => {
    const { telemetry, lines, clock } = start();
    const startMs = clock.ms;
    const toldAfterS: number[] = [];
    for (let attempt = 1; attempt <= 1_200; attempt++) {
      telemetry.held('send', storeDown, attempt, 1_000);
      if (lines.length > toldAfterS.length) toldAfterS.push((clock.ms - startMs) / 1_000);
      clock.ms += 1_000;
    }
    expect(toldAfterS).toEqual([0, 10, 30, 70, 150, 310, 610, 910]);
  });

  it('tells a hold and its release once, however many partitions wait', () => {
    const { telemetry, lines } = start();
    for (let partition = 0; partition < 12; partition++) telemetry.held('send', storeDown, 1, 100);
    for (let partition = 0; partition < 12; partition++) telemetry.released('send', 12.6);
    expect(lines.map((line) => line['message'])).toEqual([
      'Decisions are not taken; their partition waits.',
      'What was held goes on.',
    ]);
    expect(lines[1]).toMatchObject({ level: 'info', step: 'send', heldMs: 13 });
  });

  it('tells the next hold at once after a release', () => {
    const { telemetry, lines } = start();
    telemetry.held('store', storeDown, 1, 100);
    telemetry.released('store', 50);
    telemetry.held('store', storeDown, 1, 100);
    expect(lines).toHaveLength(3);
  });
});
