import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLabels } from '../adapters/file/labels.ts';
import { nothingOrdered, type Control } from '../domain/control.ts';
import { groupDefaults, type GroupTerms } from '../domain/group-terms.ts';
import { groupEdgeKinds } from '../domain/group-verdict.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { Policy } from '../policy/policy.ts';
import type { ModelSlot } from '../scoring/model-slot.ts';
import { askedCampaignKinds, campaignKinds } from '../simulation/campaigns/kinds.ts';
import { sampleCustoms } from '../simulation/customs/sample.ts';
import type { Customs } from '../simulation/customs/customs.ts';
import { replay, type ReplayResult } from './replay.ts';
import { simulateFiles } from './simulate-files.ts';

export interface GroupsProofOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly days: number;
  readonly model: ModelSlot;
  readonly policy: Policy;
  readonly norms: Norms | null;
}

export interface GroupsProof {
  readonly events: number;
  /** Nobody seeks groups. */
  readonly without: ReplayResult;
  /** Groups act, whatever the policy and the governor say. */
  readonly with: ReplayResult;
  /** Groups are watched, as if every account had evidence of its own: what they would ask for by what ties accounts alone, the most that they can. */
  readonly tied: ReplayResult;
}

/** Honest people who look as if one hand had made them; each with where they come from. */
export const lookAlikeSegments = {
  university: 'campus: freshmen from one network after a lecture',
  'carrier-nat': 'hundreds of strangers behind one address of a carrier',
  household: 'a family and its tablet',
  'shared-device': 'internet café, computer room, demonstration phone',
  'school-class': 'a class, signed up at one desk by its teacher',
  'viral-burst': 'hundreds follow one invitation within an hour',
  'campaign-day': 'a campaign day: one picture and one slogan',
  'one-phone-model': 'one model of phone: cloned device ids, one picture',
  staff: 'staff of one company within an hour: one office, names, logo, text',
} as const;

/** A fifth of the fakes are made by hand, and are of one hand each. */
const oneHandWeight = 25;

/** The sample world, with more look-alikes than any platform has, and with campaigns whose accounts pass for people one by one. */
const customs: Customs = {
  ...sampleCustoms,
  fakes: { ...sampleCustoms.fakes, kinds: { ...sampleCustoms.fakes.kinds, 'one-hand': oneHandWeight } },
  segments: {
    ...sampleCustoms.segments,
    ...Object.fromEntries(Object.keys(lookAlikeSegments).map((segment) => [segment, 9])),
  },
};

const campaigns = [...campaignKinds, ...askedCampaignKinds];

/** A person lets groups block: what they come to is asked here, and not when the governor would hold them. */
const released: Control = {
  ...nothingOrdered,
  overrides: groupEdgeKinds.map((kind) => ({
    cause: `group:${kind}`,
    segment: 'all',
    effect: 'release',
    author: 'the proof',
    reason: 'what groups come to',
    untilMs: Infinity,
  })),
};

/** Takes one simulated stream through the path: nobody seeks groups, groups act, and groups go by ties alone. All else is the same. */
export async function proveGroups(options: GroupsProofOptions): Promise<GroupsProof> {
  const { seed, accounts, days, model, policy, norms } = options;
  const folder = await mkdtemp(join(tmpdir(), 'winnow-groups-'));
  try {
    const files = { events: join(folder, 'events.ndjson'), labels: join(folder, 'labels.csv') };
    const { events } = await simulateFiles({ seed, accounts, days, customs, campaigns }, files);
    const truth = await readLabels(files.labels);
    const terms = policy.groups.mode === 'off' ? groupDefaults : policy.groups;
    const run = (groups: GroupTerms): Promise<ReplayResult> =>
      replay({
        events: files.events,
        out: null,
        deadLetters: null,
        model,
        policy: { ...policy, groups },
        control: released,
        norms,
        emit: new Set(['challenge', 'review', 'block']),
        truth,
      });
    return {
      events,
      without: await run({ ...terms, mode: 'off' }),
      with: await run({ ...terms, mode: 'enforce' }),
      tied: await run({ ...terms, mode: 'shadow', evidenceScoreMin: 0, evidenceShareMin: 0 }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
