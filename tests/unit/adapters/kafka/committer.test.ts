import type { Offsets } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { Committer } from '../../../../src/adapters/kafka/committer.ts';
import { OffsetTracker } from '../../../../src/adapters/kafka/offsets.ts';
import { idInNote, noteOf, type TopicIds } from '../../../../src/adapters/kafka/topic-ids.ts';

function idsOf(cluster: string): TopicIds {
  return Object.assign(new Map([['t', 'one']]), { cluster });
}

function scene(): {
  readonly offsets: OffsetTracker;
  readonly committer: Committer;
  readonly commits: Offsets[];
  readonly failures: number[];
  readonly commit: (offsets: Offsets) => Promise<void>;
  readonly pass: (ms: number) => void;
  fail: boolean;
} {
  const offsets = new OffsetTracker();
  const failures: number[] = [];
  const commits: Offsets[] = [];
  let nowMs = 1_000;
  const committer = new Committer(offsets, { nowMs: () => 0, monotonicMs: () => nowMs }, (_error, inARow) =>
    failures.push(inARow),
  );
  const self = {
    offsets,
    committer,
    commits,
    failures,
    commit: async (given: Offsets) => {
      commits.push(given);
      await Promise.resolve();
      if (self.fail) throw new Error('the coordinator moved');
    },
    pass: (ms: number) => (nowMs += ms),
    fail: false,
  };
  return self;
}

describe('the committer', () => {
  it('commits all partitions in one request, in the words of Kafka', async () => {
    const { offsets, committer, commits, commit } = scene();
    offsets.partition('t', 0).open(0, 5).settle();
    offsets.partition('t', 1).open(10, 12).settle();
    offsets.partition('u', 0).open(0, 1).settle();
    await committer.commitNow(commit);
    expect(commits).toEqual([
      {
        topics: [
          {
            topic: 't',
            partitions: [
              { partition: 0, offset: '5' },
              { partition: 1, offset: '12' },
            ],
          },
          { topic: 'u', partitions: [{ partition: 0, offset: '1' }] },
        ],
      },
    ]);
  });

  it('says beside each offset of which topic it is, where the brokers have ids', async () => {
    const { offsets, commits, commit } = scene();
    const ids = idsOf('here');
    const committer = new Committer(
      offsets,
      { nowMs: () => 0, monotonicMs: () => 0 },
      () => undefined,
      () => undefined,
      () => ids,
    );
    offsets.partition('t', 0).open(0, 5).settle();
    offsets.partition('u', 0).open(0, 1).settle();
    await committer.commitNow(commit);
    expect(commits[0]?.topics).toEqual([
      { topic: 't', partitions: [{ partition: 0, offset: '5', metadata: noteOf('t', ids) }] },
      { topic: 'u', partitions: [{ partition: 0, offset: '1' }] },
    ]);
    expect(idInNote(noteOf('t', ids), ids)).toBe('one');
    expect(idInNote('what another program says', ids)).toBeUndefined();
  });

  // MirrorMaker 2 copies notes with the offsets that it translates: every offset was taken for one of a former topic, and all was read again.
  it('says beside it of which cluster that topic is: the note says nothing in another one', () => {
    expect(idInNote(noteOf('t', idsOf('there')), idsOf('here'))).toBeUndefined();
    expect(idInNote('topic id one', idsOf('here'))).toBeUndefined();
  });

  it('asks nothing when nothing is pending', async () => {
    const { committer, commits, commit } = scene();
    await committer.commitNow(commit);
    expect(commits).toEqual([]);
  });

  it('commits now and then, and not each time', async () => {
    const { offsets, committer, commits, commit, pass } = scene();
    const partition = offsets.partition('t', 0);
    for (let at = 0; at < 10; at += 1) {
      partition.open(at, at + 1).settle();
      committer.commitIfDue(commit);
      await Promise.resolve();
      pass(50);
    }
    expect(commits.length).toBe(3);
  });

  it('brings what failed with the next commit, and counts failures in a row', async () => {
    const self = scene();
    self.offsets.partition('t', 0).open(0, 5).settle();
    self.fail = true;
    await self.committer.commitNow(self.commit);
    await self.committer.commitNow(self.commit);
    self.fail = false;
    await self.committer.commitNow(self.commit);
    expect(self.failures).toEqual([1, 2]);
    expect(self.offsets.pending()).toEqual([]);
  });

  it('has one request under way at a time, and the last one brings all', async () => {
    const { offsets, committer, commits, commit } = scene();
    offsets.partition('t', 0).open(0, 5).settle();
    const first = committer.commitNow(commit);
    offsets.partition('t', 0).open(5, 9).settle();
    const [second, third] = [committer.commitNow(commit), committer.commitNow(commit)];
    expect(commits).toHaveLength(1);
    await Promise.all([first, second, third]);
    expect(commits.map(({ topics }) => topics[0]?.partitions[0]?.offset)).toEqual(['5', '9']);
  });

  it('says for how long something has waited, through all failures, until a commit succeeds', async () => {
    const self = scene();
    expect(self.committer.waitingMs()).toBe(0);
    self.offsets.partition('t', 0).open(0, 5).settle();
    expect(self.committer.waitingMs()).toBe(0);
    self.fail = true;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      self.pass(1_000);
      await self.committer.commitNow(self.commit);
    }
    expect(self.committer.waitingMs()).toBe(5_000);
    self.fail = false;
    await self.committer.commitNow(self.commit);
    expect(self.committer.waitingMs()).toBe(0);
  });
});
