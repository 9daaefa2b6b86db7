import type { Logger } from '../../adapters/log/logger.ts';
import type { Config } from '../../config/schema.ts';
import { describeFailure } from '../../domain/failure.ts';
import type { GovernorSettings } from '../../domain/governor.ts';
import { Governor } from '../../policy/governor/governor.ts';
import type { Trip } from '../../policy/governor/trip.ts';
import type { MemberLog } from '../../domain/member-log.ts';
import { BlockAllowance } from '../../scoring/block-allowance.ts';
import { BlockCounts } from '../../steps/block-counts.ts';
import { GovernorShare } from '../../steps/governor-share.ts';

/** The settings of the governor, in the units that it counts in. */
export function governorSettings({ governor }: Pick<Config, 'governor'>): GovernorSettings {
  const { signupPercentMax, overturnedPercentMax, probationPercent, retryPercent, ...counts } = governor;
  return {
    ...counts,
    signupShareMax: signupPercentMax / 100,
    overturnedShareMax: overturnedPercentMax / 100,
    probationShare: probationPercent / 100,
    retryShare: retryPercent / 100,
  };
}

/** The members of the group, and what lets them count alike; absent where each counts alone. */
export interface GovernedGroup {
  members: number;
  share: GovernorShare | undefined;
}

/** What a member counts of blocks: with all of each cap, and of the day's allowance, where members count alike, else with its part. */
export function blockCountsOf(
  config: Pick<Config, 'governor' | 'state'>,
  group: GovernedGroup,
  onTrip: (trip: Trip) => void,
): BlockCounts {
  const allowance = new BlockAllowance(() => group.members, config.state.store === 'valkey');
  return new BlockCounts(governorOf(config, group, onTrip), allowance);
}

function governorOf(
  config: Pick<Config, 'governor' | 'state'>,
  group: GovernedGroup,
  onTrip: (trip: Trip) => void,
): Governor {
  const isShared = (): boolean => group.share?.isShared === true;
  const othersOf = (): number => (isShared() ? group.members - 1 : 0);
  return new Governor(
    governorSettings(config),
    () => (isShared() ? 1 : 1 / group.members),
    onTrip,
    config.state.store === 'valkey' ? othersOf : undefined,
  );
}

export function shareOf(
  counts: BlockCounts,
  config: Pick<Config, 'governor'>,
  log: MemberLog,
  logger: Pick<Logger, 'warn'>,
): GovernorShare {
  return new GovernorShare(counts, governorSettings(config), log, (failure) =>
    logger.warn('Blocks cannot be counted together; until then this member has its part of each cap.', {
      failure: describeFailure(failure),
    }),
  );
}
