import { describe, expect, it } from 'vitest';
import { sharingMember, type SharingMember } from '../../contract/sharing-member.ts';
import { askForBlocks, useUpAllowance } from '../../contract/kept-blocks-contract.ts';
import type { MemberLogAnswer, MemberLogCall } from '../../../src/domain/member-log.ts';
import { PlainMemberLog } from '../../contract/plain-member-log.ts';

const startMs = Date.parse('2026-11-24T00:00:00Z');
const dayMs = 24 * 3_600_000;

/** Members of one group, whose rule is known for two days: it may block ten. */
async function groupOf(count: number, log = new PlainMemberLog()) {
  const members = Array.from({ length: count }, () => sharingMember(log, count));
  members[0]!.governor.saw(startMs);
  askForBlocks(members[0]!.governor, 1, 'first');
  for (const member of members) await member.read();
  for (const member of members) {
    await member.read();
    member.governor.saw(startMs + 2 * dayMs);
  }
  return { log, members };
}

describe('members that count through a log', () => {
  it('block together no more than the cap, each also what is left of it', async () => {
    const { members } = await groupOf(3);
    let blocked = 0;
    for (let round = 0; round < 20; round++)
      for (const member of members) {
        await member.read();
        blocked += askForBlocks(member.governor, 5, `${round} ${members.indexOf(member)} `);
        await member.share.tell();
      }
    expect(blocked).toBe(10);
  });

  it('block together no more than the cap while they decide at the same time', async () => {
    const { members } = await groupOf(3);
    const blocked = members.map((member, index) => askForBlocks(member.governor, 100, `${index} `));
    expect(blocked.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(12);
    expect(Math.min(...blocked)).toBeGreaterThan(0);
  });

  it('hold what another tripped, and one that comes late holds it too', async () => {
    const { log, members } = await groupOf(3);
    for (let round = 0; round < 5; round++) {
      askForBlocks(members[0]!.governor, 20, `${round} `);
      await members[0]!.share.tell();
    }
    await members[1]!.read();
    const late = sharingMember(log, 3);
    await late.read();
    for (const { governor } of [members[1]!, late]) {
      expect(governor.tripped()).toHaveLength(2);
      expect(askForBlocks(governor, 20, 'more ')).toBe(0);
    }
  });

  it('take an appeal against a block of another', async () => {
    const { members } = await groupOf(2);
    askForBlocks(members[0]!.governor, 4, 'a');
    await members[0]!.share.tell();
    await members[1]!.read();
    for (let index = 0; index < 3; index++) members[1]!.governor.overturned(`a${index}`);
    await members[1]!.share.tell();
    await members[0]!.read();
    expect(members[0]!.governor.tripped()).toMatchObject([{ reason: 'overturned' }, { reason: 'overturned' }]);
  });
});

/** Members that have all seen some event, and a log. */
async function allowancesOf(count: number) {
  const log = new PlainMemberLog();
  const members = Array.from({ length: count }, () => sharingMember(log, count));
  for (const { allowance } of members) allowance.saw(startMs, true);
  for (const member of members) await member.read();
  return { log, members };
}

describe('members that have one allowance of a day for the score', () => {
  it('block together no more than it, and one can use what the others leave', async () => {
    const { members } = await allowancesOf(3);
    expect(useUpAllowance(members[0]!.allowance, 1)).toBe(1);
    await members[0]!.share.tell();
    let blocked = 1;
    for (let round = 0; round < 20; round++) {
      await members[1]!.read();
      blocked += useUpAllowance(members[1]!.allowance, 1);
      await members[1]!.share.tell();
    }
    expect(blocked).toBe(10);
    await members[2]!.read();
    expect(useUpAllowance(members[2]!.allowance)).toBe(0);
  });

  it('block together no more than it while they decide at the same time', async () => {
    const { members } = await allowancesOf(3);
    const blocked = members.map(({ allowance }) => useUpAllowance(allowance));
    expect(Math.min(...blocked)).toBeGreaterThan(0);
    expect(blocked.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(12);
  });

  it('block together no more than it while none is told, and count each block once afterwards', async () => {
    const { log, members } = await allowancesOf(2);
    log.outage = 'after';
    let blocked = 0;
    for (const member of members)
      for (let round = 0; round < 5; round++) {
        await member.share.tell();
        blocked += useUpAllowance(member.allowance, 1);
      }
    log.outage = 'none';
    for (const member of [...members, ...members, ...members]) await member.read();
    const late = sharingMember(log, 2);
    await late.read();
    // Hours, accounts of two members, and blocks as they were.
    expect(late.allowance.kept().counts).toEqual([[startMs / 3_600_000, 2, blocked]]);
    for (const member of members) expect(member.allowance.kept()).toEqual(late.allowance.kept());
    expect(blocked).toBeLessThanOrEqual(10);
  });

  it('block together no more than it when their log goes away with blocks on the way', async () => {
    const { log, members } = await allowancesOf(4);
    log.outage = 'before';
    let blocked = 0;
    for (let round = 0; round < 5; round++)
      for (const { allowance, share } of members) {
        blocked += useUpAllowance(allowance);
        await share.tell();
      }
    // As long as nobody hears of anybody, each goes over by one at most.
    expect(blocked).toBeLessThanOrEqual(10 + members.length);
    log.outage = 'none';
    for (const member of [...members, ...members]) await member.read();
    expect(members[0]!.allowance.kept().counts).toEqual([[startMs / 3_600_000, members.length, blocked]]);
  });

  it('of an earlier version, which tell of causes alone, are understood', async () => {
    const { log, members } = await allowancesOf(1);
    const news = { form: 1, nowMs: startMs, signups: [['all', startMs / 900_000, 3]], acts: [] };
    await log.exchange({ birth: 0, readTo: 0, entry: JSON.stringify({ by: 'earlier', sequence: 1, news }) });
    await members[0]!.read();
    expect(members[0]!.governor.kept().signups).toEqual([['all', [startMs / 900_000, 3]]]);
    expect(useUpAllowance(members[0]!.allowance)).toBe(10);
  });
});

/** Where a member holds causes, for what window, since when. */
function tripsOf({ governor }: Pick<SharingMember, 'governor'>) {
  return governor.tripped().map(({ segment, windowMs, atMs }) => ({ segment, windowMs, atMs }));
}

it('who reads of a whole day at once comes to what those came to who lived through it', async () => {
  const log = new PlainMemberLog();
  const one = sharingMember(log);
  one.governor.saw(startMs);
  // Ten in a day, no two of them within the hour, all told in one entry.
  for (let hour = 0; hour < 20; hour++) {
    one.governor.saw(startMs + hour * 3_600_000);
    one.governor.sawSignup(['all']);
    if (hour % 2 === 0) askForBlocks(one.governor, 1, `${hour} `);
  }
  await one.read();
  const late = sharingMember(log);
  await late.read();
  expect(tripsOf(one).length).toBeGreaterThan(0);
  expect(tripsOf(late)).toEqual(tripsOf(one));
});

describe('a log that is away', () => {
  it('leaves each member its part of the cap, and is told afterwards', async () => {
    const { log, members } = await groupOf(2);
    log.outage = 'before';
    await members[0]!.read();
    expect(members[0]!.share.isShared).toBe(false);
    expect(askForBlocks(members[0]!.governor, 100, 'a')).toBe(5);
    log.outage = 'none';
    await members[0]!.read();
    await members[1]!.read();
    expect(askForBlocks(members[1]!.governor, 100, 'b')).toBeLessThanOrEqual(5);
  });

  it('counts once what was written and not answered', async () => {
    const { log, members } = await groupOf(2);
    askForBlocks(members[0]!.governor, 3, 'a');
    log.outage = 'after';
    await members[0]!.read();
    log.outage = 'none';
    await members[0]!.read();
    await members[1]!.read();
    // Three of ten are used up: of seven, one may be blocked unheard by each of two members as long as both come to ten.
    let more = 0;
    for (let round = 0; round < 10; round++) {
      more += askForBlocks(members[1]!.governor, 10, `${round} `);
      await members[1]!.share.tell();
    }
    expect(more).toBe(7);
  });

  it('is not waited for a second time by a batch that blocks somebody, and hears of it by the next', async () => {
    const { log, members } = await groupOf(2);
    log.outage = 'before';
    await members[0]!.read();
    const before = log.calls;
    expect(askForBlocks(members[0]!.governor, 1, 'a')).toBe(1);
    await members[0]!.share.tell();
    expect(log.calls).toBe(before);
    log.outage = 'none';
    await members[0]!.read();
    await members[1]!.read();
    expect(members[1]!.governor.kept().blocked.map(([account]) => account)).toContain('a0');
  });

  it('is asked once more where history answered', async () => {
    const { log, members } = await groupOf(1);
    log.outage = 'before';
    const history = async (): Promise<object> => {
      // The first call is on its way, and in vain, before history answers.
      await new Promise((resolve) => setTimeout(resolve, 1));
      log.outage = 'none';
      return {};
    };
    await members[0]!.share.along(history());
    expect(members[0]!.share.isShared).toBe(true);
  });
});

/** A log of which calls have no answer until they are let go of. */
class HangingLog extends PlainMemberLog {
  readonly #waiting: (() => void)[] = [];
  isHanging = true;

  override async exchange(call: MemberLogCall): Promise<MemberLogAnswer> {
    if (this.isHanging) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    return super.exchange(call);
  }

  /** They end, as a call to the store does when its time is over: by what the log is then. */
  async letGo(): Promise<void> {
    for (const go of this.#waiting.splice(0)) go();
    await new Promise((resolve) => setImmediate(resolve));
  }

  get waiting(): number {
    return this.#waiting.length;
  }
}

/** Each batch waited for it, as long as a call may take, for as long as it hung. */
it('a log that hangs while history answers costs one wait, is asked now and then, and counted without meanwhile', async () => {
  const log = new HangingLog();
  let nowMs = 0;
  const { share, allowance, governor } = sharingMember(log, 2, { monotonicMs: () => nowMs });
  allowance.saw(startMs, true);
  const batch = (): Promise<object | null> => share.along(Promise.resolve<object | null>({}));

  const first = batch();
  expect(log.waiting).toBe(1);
  log.outage = 'before';
  await log.letGo();
  await expect(first).resolves.toEqual({});
  expect(log.waiting).toBe(0); // it is not asked once more: history had answered before

  for (let index = 0; index < 10; index++) await batch();
  await share.tell();
  expect([log.waiting, share.isShared]).toEqual([0, false]);
  expect(useUpAllowance(allowance)).toBeGreaterThan(0); // its part of the cap
  governor.saw(startMs);

  nowMs += 5_000;
  await batch();
  nowMs += 5_000;
  await batch();
  expect(log.waiting).toBe(1); // one question, for which nobody waits
  log.outage = 'none';
  log.isHanging = false;
  await log.letGo();
  expect(share.isShared).toBe(true);
  const before = log.calls;
  await batch();
  expect(log.calls).toBe(before + 1);
  expect(log.waiting).toBe(0);
});

it('a log that was emptied gets what all of it had come to', async () => {
  const { log, members } = await groupOf(2);
  for (let round = 0; round < 5; round++) {
    askForBlocks(members[0]!.governor, 20, `${round} `);
    await members[0]!.share.tell();
  }
  await members[1]!.read();
  log.empty();
  members[0]!.governor.sawSignup(['all']);
  await members[0]!.read();
  await members[0]!.read();
  const late = sharingMember(log, 2);
  await late.read();
  expect(late.governor.tripped()).toHaveLength(2);
});

it('makes one call for a batch that blocks nobody', async () => {
  const { log, members } = await groupOf(1);
  const before = log.calls;
  members[0]!.governor.sawSignup(['all']);
  await members[0]!.share.along(Promise.resolve<object | null>({}));
  await members[0]!.share.tell();
  expect(log.calls - before).toBe(1);
});

it('gives a sum when the log has become long, and begins from it', async () => {
  const { log, members } = await groupOf(1);
  for (let index = 0; index < 1_100; index++) {
    members[0]!.governor.sawSignup(['all']);
    await members[0]!.read();
  }
  askForBlocks(members[0]!.governor, 20, 'a');
  await members[0]!.read();
  const late = await log.exchange({ birth: 0, readTo: 0 });
  expect(late.sum).toBeDefined();
  expect(late.entries.length).toBeLessThan(1_000);
  const next = await members[0]!.restart();
  expect(next.governor.tripped()).toHaveLength(2);
});
