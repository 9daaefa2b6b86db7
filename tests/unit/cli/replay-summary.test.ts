import { describe, expect, it } from 'vitest';
import type { ReplayResult } from '../../../src/evaluation/replay.ts';
import { describeReplay } from '../../../src/cli/replay-summary.ts';
import { model, policyOf } from '../steps/events.ts';

const result: ReplayResult = {
  events: 1_234,
  accounts: 56,
  unusedLabels: 0,
  unreadable: {},
  deadLetters: 0,
  deadLettersByCode: {},
  decisions: { allow: 0, challenge: 4, review: 0, block: 3 },
  heldBack: [{ by: 'uncalibrated', asked: 'block', count: 6 }],
  topReasons: [{ code: 'FORM_MS', count: 5 }],
  rules: [
    { id: 'fast-form', mode: 'enforce', count: 7 },
    { id: 'likes-in-step', mode: 'shadow', count: 2 },
  ],
  quality: [
    {
      action: 'block',
      caught: 3,
      wronged: 0,
      ends: { caught: 2, wronged: 0 },
      precision: 1,
      recall: 0.75,
      falsePositiveRate: 0,
    },
    {
      action: 'review',
      caught: 0,
      wronged: 0,
      ends: { caught: 0, wronged: 0 },
      precision: NaN,
      recall: 0,
      falsePositiveRate: 0,
    },
  ],
  campaigns: [
    {
      segment: 'bulk:1',
      accounts: 10,
      blocked: 5,
      blockedByGroup: 4,
      acted: 8,
      createdBeforeFirstBlock: 2,
      createdBeforeGroupBlock: 1,
    },
    {
      segment: 'bulk:2',
      accounts: 10,
      blocked: 0,
      blockedByGroup: 0,
      acted: 0,
      createdBeforeFirstBlock: null,
      createdBeforeGroupBlock: null,
    },
  ],
  groups: {
    mode: 'enforce',
    groups: 3,
    asked: { block: { accounts: 12, fake: 12, genuine: 0 }, review: { accounts: 4, fake: 3, genuine: 1 } },
    blockedBy: { group: { accounts: 9, fake: 9, genuine: 0 }, own: { accounts: 3, fake: 3, genuine: 0 } },
  },
  honest: [],
  elapsedMs: 617,
  eventsPerSecond: 2_000,
  latencyMs: { p50: 1.25, p99: 8.5, p999: 12, max: 20 },
};

function described(members: Partial<ReplayResult> = {}): string {
  return describeReplay({ ...result, ...members }, model, policyOf(), null);
}

describe('describeReplay', () => {
  it('tells what came, how fast, and by which versions', () => {
    const text = described();
    expect(text).toContain('1,234 events of 56 accounts in 620 ms\n');
    expect(text).toMatch(/throughput +2,000 events\/s/);
    expect(text).toMatch(/latency +p50 1\.3 ms, p99 8\.5 ms, p99\.9 12 ms/);
    expect(text).toMatch(/model +starter 1, policy 7/);
  });

  it('says why lines were left out, where some were', () => {
    expect(described()).not.toContain('left out');
    const text = described({ deadLetters: 3, deadLettersByCode: { EVENT_NOT_JSON: 1, EVENT_TIME_BEHIND: 2 } });
    expect(text).toMatch(/3 lines left out:\n {2}2 EVENT_TIME_BEHIND: .+\n {2}1 EVENT_NOT_JSON: /);
  });

  it('lists decisions that were made, reasons, and rules by mode', () => {
    const text = described();
    expect(text).toMatch(/Decisions\n +challenge +4\n +block +3\n/);
    expect(text).toMatch(/Top reasons\n +FORM_MS +5\n/);
    expect(text).toMatch(/fast-form +7\n +likes-in-step \(shadow\) +2\n/);
  });

  it('says how good it was, where that is known', () => {
    expect(described()).toMatch(/block +100\.0 % +75\.0 % +0\.00 % +3 +0 +2 and 0\n/);
    expect(described()).toMatch(/review +- +0\.00 % +0\.00 % +0 +0 +0 and 0\n/);
    expect(described({ quality: null })).not.toContain('Quality');
  });

  it('has a row for each kind of campaign', () => {
    expect(described()).toMatch(/bulk +2 +20 +25\.0 % +40\.0 % +2 never +1 never\n/);
    expect(described({ campaigns: [] })).not.toContain('Campaigns');
  });

  it('says what groups asked for and whom they blocked, and how many of each are genuine', () => {
    const text = described();
    expect(text).toMatch(/share what is rare: 3\n/);
    expect(text).toMatch(/groups ask to review +4 +1 genuine, 25\.0 %\n +blocked by a group +9 +0 genuine, 0\.00 %\n/);
    const watched = described({ groups: { ...result.groups, mode: 'shadow' }, quality: null });
    expect(watched).toMatch(/3 \(shadow: only watched\)\n +groups would block +12\s/);
    expect(watched).not.toMatch(/blocked by a group|genuine/);
    expect(described({ groups: { ...result.groups, groups: 0 } })).not.toContain('share what is rare');
  });

  it('has no number that is none when there were no events', () => {
    const nothing = described({
      events: 0,
      accounts: 0,
      decisions: { allow: 0, challenge: 0, review: 0, block: 0 },
      heldBack: [{ by: 'uncalibrated', asked: 'block', count: 6 }],
      topReasons: [],
      rules: [],
      quality: null,
      campaigns: [],
      eventsPerSecond: 0,
      latencyMs: { p50: NaN, p99: NaN, p999: NaN, max: 0 },
    });
    expect(nothing).toContain('0 events of 0 accounts');
    expect(nothing).not.toContain('NaN');
    expect(nothing).toMatch(/Decisions\n +none\n/);
  });
});
