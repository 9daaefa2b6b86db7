import { createHash } from 'node:crypto';
import type { GroupAction, GroupVerdict } from '../../src/domain/group-verdict.ts';
import type { GroupBatch, GroupFinder, GroupFindings } from '../../src/group-ports.ts';

interface Member {
  action: GroupAction | null;
  revision: number;
  isGenuine: boolean;
}

interface Group {
  /** Whether a member was found genuine. */
  isOverturned: boolean;
  readonly members: Map<string, Member>;
}

/**
 * The plainest finder that keeps the contract: accounts that signed up on one device are a group as soon as there are `sizeMin` of them, and
 * are all blocked; once one of them is found genuine, all of it is taken back, and nobody is blocked for that device again.
 */
export class HandmadeFinder implements GroupFinder {
  readonly #sizeMin: number;
  readonly #terms: string;
  #byDevice = new Map<string, Group>();
  #deviceOf = new Map<string, string>();

  /** @param terms by which it says that it finds them */
  constructor(sizeMin = 3, terms = '5f2c9d0e7a1b3468') {
    this.#sizeMin = sizeMin;
    this.#terms = terms;
  }

  find({ facts, rows }: GroupBatch): Promise<GroupFindings> {
    const found = rows.flatMap((row) => {
      const { event, deviceId } = facts[row]!;
      const device = this.#deviceOf.get(event.subject) ?? deviceId;
      if (device === undefined) return [];
      this.#deviceOf.set(event.subject, device);
      const group = this.#groupOf(device);
      const isNew = !group.members.has(event.subject);
      if (isNew) group.members.set(event.subject, { action: null, revision: 0, isGenuine: false });
      if (event.type === 'account.labelled' && event.data.label === 'genuine') {
        group.members.get(event.subject)!.isGenuine = true;
        group.isOverturned = true;
      }
      return this.#news(device, group, event.timeMs).map((verdict) => ({ row, verdict }));
    });
    // The last word about each account, once.
    const verdicts = [...new Map(found.map((one) => [one.verdict.subject, one])).values()];
    const delivered = (): Promise<void> => {
      for (const { verdict } of verdicts) {
        const member = this.#byDevice.get(this.#deviceOf.get(verdict.subject)!)!.members.get(verdict.subject)!;
        Object.assign(member, { action: verdict.action, revision: verdict.revision });
      }
      return Promise.resolve();
    };
    return Promise.resolve({ verdicts, delivered });
  }

  kept(): unknown {
    const groups = Array.from(this.#byDevice, ([device, { isOverturned, members }]) => [
      device,
      { isOverturned, members: Array.from(members, ([id, member]) => [id, { ...member }] as const) },
    ]);
    return structuredClone({ groups, devices: [...this.#deviceOf] });
  }

  restore(kept: unknown): void {
    const { groups, devices } = structuredClone(kept) as {
      groups: [string, { isOverturned: boolean; members: [string, Member][] }][];
      devices: [string, string][];
    };
    this.#byDevice = new Map(
      groups.map(([device, { isOverturned, members }]) => [device, { isOverturned, members: new Map(members) }]),
    );
    this.#deviceOf = new Map(devices);
  }

  #groupOf(device: string): Group {
    const known = this.#byDevice.get(device);
    if (known !== undefined) return known;
    const group: Group = { isOverturned: false, members: new Map() };
    this.#byDevice.set(device, group);
    return group;
  }

  #news(device: string, { isOverturned, members }: Group, timeMs: number): GroupVerdict[] {
    if (members.size < this.#sizeMin) return [];
    const action = isOverturned ? 'allow' : 'block';
    return Array.from(members).flatMap(([subject, member]) => {
      if (member.isGenuine || member.action === action || (member.action === null && action === 'allow')) return [];
      const verdict = verdictOn(device, subject, action, member.revision + 1, members.size, timeMs);
      return [{ ...verdict, terms: this.#terms }];
    });
  }
}

function verdictOn(
  device: string,
  subject: string,
  action: GroupAction,
  revision: number,
  size: number,
  timeMs: number,
): Omit<GroupVerdict, 'terms'> {
  const cohort = `coh_${createHash('sha256').update(device).digest('hex').slice(0, 32)}`;
  const ties = action === 'allow' ? [] : [{ kind: 'device' as const, accounts: size }];
  return { cohort, subject, action, due: action, heldBy: [], revision, kinds: ['device'], ties, size, timeMs };
}
