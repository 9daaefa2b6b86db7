import { describe, expect, it } from 'vitest';
import { sampleCustoms } from '../../../../src/simulation/customs/sample.ts';
import { lookAlikeNames, segmentNames, type LookAlikeName } from '../../../../src/simulation/segments/names.ts';
import { simulate } from '../../../../src/simulation/simulate.ts';

interface Data {
  readonly status?: string;
  readonly username?: string;
  readonly bio?: string;
  readonly avatar_hash?: string;
  readonly context?: { readonly device_id?: string };
}

function note(of: Map<string, Set<string>>, value: string | undefined, subject: string): void {
  if (value !== undefined) of.set(value, (of.get(value) ?? new Set()).add(subject));
}

/** Accounts of the thing that most have. */
function most(of: ReadonlyMap<string, ReadonlySet<string>>): number {
  return Math.max(...[...of.values()].map((subjects) => subjects.size));
}

/** What the people of one segment show, each thing once. */
function shownBy(segment: LookAlikeName) {
  const customs = { ...sampleCustoms, segments: { [segment]: 1 } };
  const simulation = simulate({ seed: 3, accounts: 60, days: 7, campaigns: [], customs });
  const shown = {
    devices: new Map<string, Set<string>>(),
    avatars: new Map<string, Set<string>>(),
    names: [] as string[],
  };
  for (const { json, subject, type } of simulation.events()) {
    const data = (JSON.parse(json) as { readonly data: Data }).data;
    if (type === 'account.signup' && data.status === 'succeeded') {
      note(shown.devices, data.context?.device_id, subject);
      if (data.username !== undefined) shown.names.push(data.username);
    }
    note(shown.avatars, data.avatar_hash, subject);
  }
  return {
    truth: simulation.truth,
    devicesOfMost: most(shown.devices),
    avatarsOfMost: most(shown.avatars),
    names: shown.names,
  };
}

describe('honest look-alikes', () => {
  it.each(lookAlikeNames)('%s are genuine, and share a picture with many', (segment) => {
    const { truth, avatarsOfMost } = shownBy(segment);
    expect(truth).toHaveLength(60);
    for (const { label, segment: own } of truth)
      expect({ label, own }).toEqual({ label: 'genuine', own: `honest:${segment}` });
    expect(avatarsOfMost).toBeGreaterThan(4);
  });

  it('of one phone model share device ids, and those of a campaign day do not', () => {
    expect(shownBy('one-phone-model').devicesOfMost).toBeGreaterThan(2);
    expect(shownBy('campaign-day').devicesOfMost).toBe(1);
  });

  it('of one company have names by the rule of the house', () => {
    for (const name of shownBy('staff').names) expect(name).toMatch(/^[^.]+\.[^.]+/);
  });

  it('come into no world that does not name them: what is drawn stays as it was', () => {
    for (const name of lookAlikeNames) {
      expect(segmentNames).not.toContain(name);
      expect(sampleCustoms.segments).not.toHaveProperty(name);
    }
  });
});
