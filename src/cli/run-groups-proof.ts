import {
  defaultPolicyFile,
  loadBundleOrChampion,
  loadNormsFile,
  loadPolicyFile,
  orThrow,
  sampleNormsFile,
} from '../app/versions.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { lookAlikeSegments, proveGroups, type GroupsProof } from '../evaluation/groups-proof.ts';
import { ModelSlot } from '../scoring/model-slot.ts';
import { silentTelemetry } from '../telemetry.ts';
import { formatCount, formatShare, table } from './style.ts';

/** The options of `winnow groups prove`. */
export interface GroupsProofCommand {
  readonly accounts: number;
  readonly days: number;
  readonly seed: number;
  readonly policy?: string;
}

const modelOptions = { timeoutMs: 60_000, failuresMax: Infinity, clock: systemClock, telemetry: silentTelemetry };

/** Prints what groups do to honest look-alikes and to campaigns. */
export async function runGroupsProof({ accounts, days, seed, policy: file }: GroupsProofCommand): Promise<void> {
  const policy = orThrow(await loadPolicyFile(file ?? defaultPolicyFile));
  const norms = orThrow(await loadNormsFile(sampleNormsFile));
  const model = new ModelSlot(orThrow(await loadBundleOrChampion(undefined)), modelOptions);
  try {
    const proof = await proveGroups({ seed, accounts, days, model, policy, norms });
    const title = `${formatCount(accounts)} simulated accounts in ${days} days, ${formatCount(proof.events)} events (seed ${seed}), policy ${policy.version}`;
    process.stdout.write([title, honest(proof), blocks(proof), campaigns(proof), ties(proof)].join('\n\n'));
  } finally {
    await model.close();
  }
}

function honest({ without, with: acting }: GroupsProof): string {
  const header = ['honest look-alikes', 'accounts', 'blocked without groups', 'with', 'by a group', 'group review'];
  const own = new Map(without.honest.map(({ segment, blockedByOwn }) => [segment, blockedByOwn]));
  const row = (name: string, segments: typeof acting.honest): string[] => [
    name,
    ...[
      sum(segments, ({ accounts }) => accounts),
      sum(segments, ({ segment }) => own.get(segment) ?? 0),
      sum(segments, ({ blockedByOwn, blockedByGroup }) => blockedByOwn + blockedByGroup),
      sum(segments, ({ blockedByGroup }) => blockedByGroup),
      sum(segments, ({ reviewedByGroup }) => reviewedByGroup),
    ].map(formatCount),
  ];
  const lines = Object.entries(lookAlikeSegments).map(([segment, place]) =>
    row(
      place,
      acting.honest.filter((outcome) => outcome.segment === segment),
    ),
  );
  const others = row(
    'everybody else',
    acting.honest.filter((outcome) => !isLookAlike(outcome)),
  );
  return table([header, ...lines, others]).trimEnd();
}

function blocks({ with: { groups } }: GroupsProof): string {
  const header = ['blocked with groups', 'accounts', 'honest', 'share'];
  const lines = (
    [
      ['asked for by a group', groups.asked.block],
      ['by a group', groups.blockedBy.group],
      ['by evidence of their own', groups.blockedBy.own],
      ['looked at for a group', groups.asked.review],
    ] as const
  ).map(([name, { accounts, genuine }]) => [
    name,
    formatCount(accounts),
    formatCount(genuine),
    formatShare(genuine / accounts),
  ]);
  return table([header, ...lines]).trimEnd();
}

/** What would come of it if every account spoke against itself: no evidence, however good, lets groups find more than that. */
function ties({ tied: { groups }, with: { campaigns: all } }: GroupsProof): string {
  const fakes = sum(all, ({ accounts }) => accounts);
  const header = ['by ties alone, if all had evidence of their own', 'of campaigns', 'share of them', 'honest'];
  const lines = (['block', 'review'] as const).map((action) => {
    const { fake, genuine } = groups.asked[action];
    const name = action === 'block' ? 'would be blocked by a group' : 'would be looked at for a group';
    return [name, formatCount(fake), formatShare(fake / fakes), formatCount(genuine)];
  });
  return table([header, ...lines]);
}

/** Means over the campaigns of a kind; one of which nothing was blocked counts with all of its accounts. */
function campaigns({ without, with: acting }: GroupsProof): string {
  const header = [
    'campaigns',
    'accounts',
    'blocked without groups',
    'with',
    'first by a group',
    'acted on without',
    'with',
    'created before the first block, mean: without',
    'with',
  ];
  const kinds = [...new Set(acting.campaigns.map(kindOf))];
  const row = (name: string, isOne: (campaign: { segment: string }) => boolean): string[] => {
    const [before, after] = [without.campaigns.filter(isOne), acting.campaigns.filter(isOne)];
    const accounts = sum(after, (campaign) => campaign.accounts);
    const shareOf = (of: typeof before, key: 'blocked' | 'blockedByGroup' | 'acted'): string =>
      formatShare(sum(of, (campaign) => campaign[key]) / accounts);
    const createdOf = (of: typeof before): string =>
      (sum(of, (campaign) => campaign.createdBeforeFirstBlock ?? campaign.accounts) / of.length).toFixed(1);
    return [
      name,
      formatCount(accounts),
      shareOf(before, 'blocked'),
      shareOf(after, 'blocked'),
      shareOf(after, 'blockedByGroup'),
      shareOf(before, 'acted'),
      shareOf(after, 'acted'),
      createdOf(before),
      createdOf(after),
    ];
  };
  const lines = kinds.map((kind) => row(kind, (campaign) => kindOf(campaign) === kind));
  return table([header, ...lines, row('all', () => true)]).trimEnd();
}

function isLookAlike({ segment }: { readonly segment: string }): boolean {
  return segment in lookAlikeSegments;
}

/** Of a campaign. */
function kindOf({ segment }: { readonly segment: string }): string {
  return segment.split(':')[0]!;
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
