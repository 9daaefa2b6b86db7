import { describe, expect, it } from 'vitest';
import type { DecisionFacts, WordFacts } from '../../../src/archive/item.ts';
import { ArchiveEstimates } from '../../../src/reports/estimates-of-archive.ts';
import { dayMs, decisionRow, inPages, startMs, wordRow } from './rows.ts';

const quarter = { fromMs: startMs, untilMs: startMs + 90 * dayMs };
const terms = { periodMs: Infinity, blockFrom: 0.97 };

function facts(changes: Partial<DecisionFacts>): DecisionFacts {
  const more = { due: null, score: 0.5, role: 'champion', model: 'starter 1', policy: '7', norms: null } as const;
  return { ...decisionRow(changes), ...more, matched: [], degraded: [], sample: null, cohort: null, ...changes };
}

/** The archive of `count` accounts in a blind audit: of the first `blocked` all but `wrong` are fake, of the others `missed`. */
function audited(count: number, { blocked, wrong, missed }: Readonly<Record<'blocked' | 'wrong' | 'missed', number>>) {
  const decisions: DecisionFacts[] = [];
  const words: WordFacts[] = [];
  for (let account = 0; account < count; account++) {
    const isBlocked = account < blocked;
    const isFake = isBlocked ? account >= wrong : account < blocked + missed;
    const timeMs = startMs + account * 1_000;
    decisions.push(
      facts({ account, timeMs, action: isBlocked ? 'block' : 'allow', sample: { kind: 'audit', probability: 0.1 } }),
    );
    words.push(wordRow({ account, timeMs: timeMs + dayMs, label: isFake ? 'fake' : 'genuine', saidBy: 'review' }));
  }
  return { decisions, words };
}

async function* within<T extends { readonly timeMs: number }>(rows: readonly T[], untilMs: number) {
  yield* rows.filter(({ timeMs }) => timeMs < untilMs);
}

async function estimate({ decisions, words }: ReturnType<typeof audited>, cutOffMs = Infinity) {
  const archive = {
    decisions: (range: { readonly untilMs: number }) => inPages(within(decisions, range.untilMs)),
    words: (range: { readonly untilMs: number }) => within(words, range.untilMs),
  };
  const estimates = new ArchiveEstimates(quarter, cutOffMs, ['block'], terms);
  for await (const _ of estimates.tap(archive).decisions({ fromMs: 0, untilMs: cutOffMs }));
  return estimates.finish(archive);
}

const sample = audited(1_000, { blocked: 200, wrong: 10, missed: 50 });

describe('estimates of the archive', () => {
  it('are the shares of a blind audit, with intervals that hold them', async () => {
    const { prevalence, quality } = await estimate(sample);
    expect(prevalence).toMatchObject({ value: 0.24, labels: 1_000 });
    expect(quality.precision.value).toBeCloseTo(190 / 200);
    expect(quality.recall.value).toBeCloseTo(190 / 240);
    expect(quality.accuracy.value).toBeCloseTo(940 / 1_000);
    for (const figure of [prevalence, ...Object.values(quality)]) {
      if (figure.value === null) throw new Error(figure.why);
      expect(figure.low).toBeLessThan(figure.value);
      expect(figure.high).toBeGreaterThan(figure.value);
    }
  });

  it('do not use appeals: who appeals is no random part', async () => {
    const appeals = Array.from({ length: 200 }, (_, account) => wordRow({ account, timeMs: startMs + 40 * dayMs }));
    expect(await estimate({ ...sample, words: [...sample.words, ...appeals] })).toEqual(await estimate(sample));
  });

  it('know no answer that came after the cut-off', async () => {
    const { prevalence } = await estimate(sample, startMs + dayMs);
    expect(prevalence).toEqual({ value: null, why: 'No account of a random sample was judged.' });
  });

  it('tell how far those could move a figure whom nobody judged', async () => {
    const { prevalence, quality } = await estimate({ ...sample, words: sample.words.slice(0, 800) });
    if (prevalence.value === null || quality.recall.value === null) throw new Error('there are enough');
    expect(prevalence.value).toBeCloseTo(0.3);
    expect(prevalence.method).toContain('200 accounts of the samples were not judged');
    expect(prevalence.method).toContain('between 24.0 % and 44.0 %');
    expect(quality.recall.method).toContain(
      `between ${((100 * 190) / 440).toFixed(1)} % and ${((100 * 190) / 240).toFixed(1)} %`,
    );
    const whole = await estimate(sample);
    expect(whole.prevalence).not.toMatchObject({ method: expect.stringContaining('not judged') as string });
  });

  it('take no answer to a question that was put before the samples were drawn', async () => {
    const asked = (askedMs: number) => sample.words.map((word) => ({ ...word, askedMs }));
    expect(await estimate({ ...sample, words: asked(startMs - dayMs) })).toMatchObject({ prevalence: { value: null } });
    expect(await estimate({ ...sample, words: asked(startMs) })).toEqual(await estimate(sample));
    const before = sample.words.map((word) => ({ ...word, timeMs: word.timeMs - 30 * dayMs }));
    expect(await estimate({ ...sample, words: before })).toMatchObject({ prevalence: { value: null } });
  });

  it('say so where too few were judged', async () => {
    const { prevalence } = await estimate({ ...sample, words: sample.words.slice(0, 20) });
    expect(prevalence).toMatchObject({
      value: null,
      why: expect.stringContaining('20 accounts of the samples were judged'),
    });
  });
});
