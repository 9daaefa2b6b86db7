import { describe, expect, it } from 'vitest';
import { featureColumn } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import type { Norms } from '../../../src/features/norms/norms.ts';
import type { ObservationBatch } from '../../../src/features/observation.ts';
import { entityKinds } from '../../../src/features/state.ts';
import { encodeNorms, parseNorms, type UnnamedNorms } from '../../../src/scoring/norms-file.ts';
import { OwnNorms } from '../../../src/scoring/own-norms.ts';
import type { GatheredReport } from '../../../src/telemetry.ts';

const dayMs = 24 * 3_600_000;
const batchRows = 10_000;
const model = { name: 'mine', version: '1', sha256: 'a'.repeat(64) };

/** A batch of one day: logins of accounts counted from 0 to 5,999. */
function batchOf(day: number): { observations: ObservationBatch; features: Float32Array; scores: Float32Array } {
  const keys = new Int32Array(batchRows * entityKinds.length * 2);
  const eventKeys = new Uint32Array(batchRows);
  const timesMs = new Float64Array(batchRows);
  const features = new Float32Array(batchRows * featureCount);
  const scores = new Float32Array(batchRows);
  for (let row = 0; row < batchRows; row++) {
    keys[row * entityKinds.length * 2 + entityKinds.indexOf('account') * 2 + 1] = row % 6_000;
    eventKeys[row] = (day * batchRows + row) * 2_654_435_761;
    timesMs[row] = (day + row / batchRows) * dayMs;
    features[row * featureCount + featureColumn('event_type')!] = 1;
    scores[row] = (row % 6_000) / 6_000;
  }
  return {
    observations: { count: batchRows, keys, eventKeys, timesMs } as unknown as ObservationBatch,
    features,
    scores,
  };
}

/** What is offered in the course of some days. */
function offered(days: number, platform: Norms | null = null, used: Norms | null = platform) {
  const offers: UnnamedNorms[] = [];
  const reports: GatheredReport[] = [];
  const own = new OwnNorms(0.005, (norms) => offers.push(norms));
  for (let day = 0; day < days; day++) {
    const { observations, features, scores } = batchOf(day);
    const report = own.take(model, platform, used, observations, features, scores);
    if (report !== null) reports.push(report);
  }
  return { offers, reports };
}

describe('norms that a processor gathers of its own events', () => {
  it('are offered when a week and enough events have come, and again after as much', () => {
    expect(offered(9).offers).toHaveLength(0);
    const { offers, reports } = offered(20);
    expect(offers.map(({ window }) => Math.floor(window.fromMs / dayMs))).toEqual([0, 10]);
    expect(reports.map(({ isOffered }) => isOffered)).toEqual([
      ...Array<boolean>(9).fill(false),
      ...Array<boolean>(11).fill(true),
    ]);
    expect(reports[8]).toMatchObject({ events: 90_000, accounts: 6_000 });
  });

  it('are what a processor takes, with the scores of the champion and the budget', () => {
    const [norms] = offered(10).offers;
    const read = parseNorms(encodeNorms(norms!), 'norms.json');
    expect(read).toMatchObject({
      ok: true,
      value: { events: 100_000, budget: 0.005, scores: [{ model: 'mine 1', modelSha256: model.sha256 }] },
    });
    // Of 6,000 accounts on ten days, a share of 0.005 a day may be blocked in all.
    const { block } = norms!.scores[0]!;
    const blocked = Array.from({ length: 6_000 }, (_, account) => account / 6_000).filter((score) => score >= block!);
    expect(blocked.length).toBeGreaterThan(200);
    expect(blocked.length).toBeLessThan(300);
  });

  it('do not describe scores of a model that took the ranks of another platform', () => {
    const [norms] = offered(10, null, {} as Norms).offers;
    expect(norms!.scores).toEqual([]);
  });

  it('begin anew with another champion, whose scores are others', () => {
    const own = new OwnNorms(0.005, () => expect.unreachable('of two models'));
    for (let day = 0; day < 18; day++) {
      const { observations, features, scores } = batchOf(day);
      const champion = day < 9 ? model : { ...model, sha256: 'b'.repeat(64) };
      own.take(champion, null, null, observations, features, scores);
    }
  });
});
