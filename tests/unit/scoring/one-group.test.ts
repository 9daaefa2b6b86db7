import { describe, expect, it } from 'vitest';
import { catalogue, featureColumn } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { featureGroups } from '../../../src/features/feature.ts';
import {
  carryingGroup,
  carryingHabits,
  carryingPhoneBlock,
  isEstablished,
  sharesPhoneBlock,
} from '../../../src/scoring/one-group.ts';

const challenge = 0.8;

function rowWith(values: Readonly<Record<string, number>>, blank: number): Float32Array {
  const row = new Float32Array(featureCount).fill(blank);
  for (const [name, value] of Object.entries(values)) row[featureColumn(name)!] = value;
  return row;
}

/** The probability of so many log-odds. */
function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

describe('the group that carries a score', () => {
  it('is the one without which not even a challenge would be due', () => {
    const contributions = rowWith({ device_fake_share: 4, ip_fake_share: 2, device_accounts_7d: 0.5 }, 0);
    expect(carryingGroup({ score: probability(5), contributions, row: 0 }, challenge)).toBe('reputation');
  });

  it('is none where others agree', () => {
    const contributions = rowWith({ device_fake_share: 4, account_requests_1h: 4 }, 0);
    expect(carryingGroup({ score: probability(6), contributions, row: 0 }, challenge)).toBeNull();
  });

  it('is told by what its features come to together', () => {
    const contributions = rowWith({ device_accounts_7d: 6, device_age_h: -5, account_requests_1h: 5 }, 0);
    expect(carryingGroup({ score: probability(6), contributions, row: 0 }, challenge)).toBe('activity');
  });

  it('can be any, and scores of 0 and 1 have one too', () => {
    for (const group of featureGroups) {
      const { name } = catalogue.find((feature) => feature.group === group)!;
      expect(carryingGroup({ score: 1, contributions: rowWith({ [name]: 30 }, 0), row: 0 }, challenge)).toBe(group);
    }
    expect(carryingGroup({ score: 0, contributions: rowWith({ ip_age_h: 1 }, 0), row: 0 }, challenge)).toBe('network');
  });
});

describe('numbers of one block', () => {
  it('carry a score where without them not even a challenge would be due', () => {
    const handedOut = rowWith({ phone_prefix_signups_24h: 2, phone_prefix_surge_1h: 1.5, device_accounts_7d: 1 }, 0);
    expect(carryingPhoneBlock({ score: probability(4), contributions: handedOut, row: 0 }, challenge)).toBe(
      'phone-block',
    );
    // A rack of phones has more against it.
    const rack = rowWith({ phone_prefix_signups_24h: 2, device_accounts_7d: 3 }, 0);
    expect(carryingPhoneBlock({ score: probability(4), contributions: rack, row: 0 }, challenge)).toBeNull();
  });

  it('are those that others have signed up with as well', () => {
    expect(sharesPhoneBlock(rowWith({ phone_prefix_signups_24h: 2 }, NaN), 0)).toBe(true);
    expect(sharesPhoneBlock(rowWith({ phone_prefix_signups_24h: 1 }, NaN), 0)).toBe(false);
    expect(sharesPhoneBlock(rowWith({}, NaN), 0)).toBe(false);
  });
});

describe('what an account does', () => {
  const talk = { account_contents_10m: 3, account_gap_mean_s: 2, target_actions_10m: 1 };

  it('carries a score where without it the account would sooner be genuine', () => {
    const contributions = rowWith(talk, 0);
    expect(carryingHabits({ score: probability(4.5), contributions, row: 0 })).toBe('activity');
    // Others agree: a machine on which many accounts were made.
    const farm = rowWith({ ...talk, device_accounts_7d: 2 }, 0);
    expect(carryingHabits({ score: probability(6), contributions: farm, row: 0 })).toBeNull();
  });

  it('does not where it speaks for the account', () => {
    const contributions = rowWith({ account_past_events: -2, device_accounts_7d: 6 }, 0);
    expect(carryingHabits({ score: probability(4), contributions, row: 0 })).toBeNull();
  });
});

describe('an established account', () => {
  it.each([
    [{ account_age_h: 4_800, account_past_events: 190, history_age_h: 168 }, true],
    // It slept until this week.
    [{ account_age_h: 4_800, account_past_events: 1, history_age_h: 168 }, false],
    // Nobody has looked for long enough to know.
    [{ account_age_h: 4_800, account_past_events: 0, history_age_h: 24 }, true],
    [{ account_age_h: 600, account_past_events: 190, history_age_h: 168 }, false],
    [{ account_past_events: 190, history_age_h: 168 }, false],
    [{}, false],
  ])('%j: %s', (values, isSo) => {
    expect(isEstablished(rowWith(values, NaN), 0)).toBe(isSo);
  });
});
