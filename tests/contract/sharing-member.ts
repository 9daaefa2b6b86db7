import { Governor } from '../../src/policy/governor/governor.ts';
import type { MemberLog } from '../../src/domain/member-log.ts';
import type { Clock } from '../../src/ports.ts';
import { BlockAllowance } from '../../src/scoring/block-allowance.ts';
import { BlockCounts } from '../../src/steps/block-counts.ts';
import { GovernorShare } from '../../src/steps/governor-share.ts';
import { keptGovernorSettings, type KeptBlocksMember } from './kept-blocks-contract.ts';

export interface SharingMember extends KeptBlocksMember {
  readonly share: GovernorShare;
  /** It reads what the others told, as at the beginning of each batch. */
  read(): Promise<void>;
  restart(): Promise<SharingMember>;
}

/** A member that shares its counts through a log. @param members of the group. @param clock that of the machine unless given. */
export function sharingMember(log: MemberLog, members = 1, clock?: Pick<Clock, 'monotonicMs'>): SharingMember {
  const group: { share: GovernorShare | undefined } = { share: undefined };
  const isShared = (): boolean => group.share?.isShared === true;
  const governor = new Governor(
    keptGovernorSettings,
    () => (isShared() ? 1 : 1 / members),
    () => {},
    () => (isShared() ? members - 1 : 0),
  );
  const allowance = new BlockAllowance(() => members, true);
  const share = new GovernorShare(new BlockCounts(governor, allowance), keptGovernorSettings, log, () => {}, clock);
  group.share = share;
  const read = async (): Promise<void> => void (await share.along(Promise.resolve(null)));
  return {
    governor,
    allowance,
    share,
    read,
    keep: read,
    restart: async () => {
      const next = sharingMember(log, members, clock);
      await next.read();
      return next;
    },
  };
}
