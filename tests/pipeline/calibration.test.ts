import { describe, expect, it } from 'vitest';
import { PlainMemberLog } from '../contract/plain-member-log.ts';
import { sharingMember } from '../contract/sharing-member.ts';
import { batchesOf, normsFor, streamRecords, World, type WorldOptions } from './world.ts';

/** Every event gets the same score, and the policy alone would block from 0.97 on. */
async function decisionsAt(score: number, norms: NonNullable<WorldOptions['norms']> | null) {
  const world = new World({ model: { scoreRow: () => score }, norms, emit: 'all' });
  await world.takeAll(batchesOf(streamRecords(0, 400)));
  return world;
}

async function idsBy(sha256: string): Promise<string[]> {
  const { decisions } = await decisionsAt(0.5, { ...normsFor(['1']), sha256 });
  return decisions.map(({ id }) => id);
}

const ofScore = ({ data }: World['decisions'][number]): boolean =>
  data.rules.every(({ id }) => !id.startsWith('bulk-'));

describe('a platform without norms', () => {
  it('has nobody blocked by the score alone, and says what was asked for and why it was held', async () => {
    const { decisions, reports } = await decisionsAt(0.99, null);
    const byScore = decisions.filter(ofScore);
    expect(byScore.length).toBeGreaterThan(100);
    expect(
      new Set(byScore.filter(({ data }) => data.restrained_by !== undefined).map(({ data }) => data.action)),
    ).toEqual(new Set(['review']));
    expect(byScore[0]!.data).toMatchObject({ action: 'review', due: 'block', restrained_by: ['uncalibrated'] });
    expect(byScore[0]!.data.norms).toBeUndefined();
    expect(reports[0]).toMatchObject({ scoreHeldBy: 'uncalibrated' });
    expect(reports.reduce((sum, { restrained }) => sum + restrained['uncalibrated']!, 0)).toBeGreaterThan(100);
  });

  it('asks for review and less as ever', async () => {
    const { decisions } = await decisionsAt(0.95, null);
    expect(decisions.find(ofScore)!.data).toMatchObject({ action: 'review' });
    expect(decisions.some(({ data }) => data.restrained_by?.includes('uncalibrated'))).toBe(false);
  });
});

describe('norms of another model', () => {
  it('say nothing of this one: it is not calibrated here', async () => {
    const { decisions } = await decisionsAt(0.99, normsFor(['7']));
    expect(decisions.find(ofScore)!.data).toMatchObject({ action: 'review', restrained_by: ['uncalibrated'] });
  });
});

describe('norms of this model', () => {
  it('are named in each decision, and let the score block', async () => {
    const { decisions, reports } = await decisionsAt(0.99, normsFor(['1']));
    expect(decisions[0]!.data).toMatchObject({
      action: 'block',
      norms: { version: normsFor(['1']).version, sha256: normsFor(['1']).sha256 },
    });
    expect(reports[0]).toMatchObject({ scoreHeldBy: null });
  });

  it.each([
    ['the threshold of the budget, where it is the stricter', 0.985, 0.99, 'review', ['block-budget']],
    ['the threshold of the policy, where that is', 0.96, 0.5, 'review', undefined],
    ['both', 0.99, 0.985, 'block', undefined],
  ])('block from %s', async (_, score, block, action, by) => {
    const { decisions } = await decisionsAt(score, normsFor(['1'], block));
    const first = decisions.find(ofScore)!.data;
    expect(first.action).toBe(action);
    expect(first.restrained_by).toEqual(by);
  });

  it('keep to the budget in a burst too: what is beyond the day’s share goes to people', async () => {
    const norms = normsFor(['1']);
    const few = { ...norms, budget: 0.05, scores: norms.scores.map((scores) => ({ ...scores, accountsPerDay: 100 })) };
    const { decisions } = await decisionsAt(0.99, few);
    const day = decisions.filter(({ time }) => Date.parse(time) < Date.parse(decisions[0]!.time) + 86_400_000);
    const blocked = new Set(
      day.filter(({ data }) => data.action === 'block' && data.rules.length === 0).map(({ subject }) => subject),
    );
    expect(blocked.size).toBe(5);
    expect(day.some(({ data }) => data.restrained_by?.includes('block-budget'))).toBe(true);
  });

  it('and a block that a member delivers is one that the others have been told of', async () => {
    const log = new PlainMemberLog();
    const { allowance, governor, share } = sharingMember(log);
    const world = new World({
      model: { scoreRow: () => 0.99 },
      governor,
      sharing: { allowance, governorShare: share },
    });
    let delivered = 0;
    world.beforeSend = async (output, records) => {
      if (output !== 'decisions') return;
      const decisions = records.map(({ value }) => JSON.parse(value as string) as World['decisions'][number]);
      delivered += decisions.filter(({ data }) => data.action === 'block' && data.rules.length === 0).length;
      const late = sharingMember(log);
      await late.read();
      const counted = late.allowance.kept().counts.reduce((sum, [, , blocked]) => sum + blocked, 0);
      expect(counted).toBe(delivered);
    };
    await world.takeAll(batchesOf(streamRecords(0, 100), [7]));
    expect(delivered).toBeGreaterThan(10);
  });

  it('are part of a decision’s id', async () => {
    const [first, again, other] = [
      await idsBy('a'.repeat(64)),
      await idsBy('a'.repeat(64)),
      await idsBy('b'.repeat(64)),
    ];
    expect(again).toEqual(first);
    expect(other.some((id) => first.includes(id))).toBe(false);
  });
});
