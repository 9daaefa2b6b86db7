import { describe, expect, it } from 'vitest';
import type { MemberLog, MemberLogAnswer } from '../../src/domain/member-log.ts';

/** A member that reads a log as it goes. */
class Reader {
  readonly entries: string[] = [];
  readonly sums: string[] = [];
  at: Pick<MemberLogAnswer, 'birth' | 'readTo'> = { birth: 0, readTo: 0 };
  readonly #log: MemberLog;

  constructor(log: MemberLog) {
    this.#log = log;
  }

  async exchange(entry?: string, sum?: string): Promise<MemberLogAnswer> {
    const answer = await this.#log.exchange({
      ...this.at,
      ...(entry === undefined ? {} : { entry }),
      ...(sum === undefined ? {} : { sum: { at: this.at.readTo, text: sum } }),
    });
    this.at = { birth: answer.birth, readTo: answer.readTo };
    this.entries.push(...answer.entries);
    if (answer.sum !== undefined) this.sums.push(answer.sum);
    return answer;
  }
}

/** What a log of a group promises, whatever it lies in. @param open a log that is empty, each time. */
export function memberLogContract(name: string, open: () => MemberLog): void {
  describe(`the log of members: ${name}`, () => {
    it('gives everybody all entries in one order, and nobody one twice', async () => {
      const log = open();
      const [one, other] = [new Reader(log), new Reader(log)];
      await one.exchange('a');
      await other.exchange('b');
      await one.exchange('c');
      await Promise.all([one.exchange(), other.exchange()]);
      expect(one.entries).toEqual(['a', 'b', 'c']);
      expect(other.entries).toEqual(['a', 'b', 'c']);
    });

    it('keeps the order of those who write at the same time the same for all', async () => {
      const log = open();
      const readers = Array.from({ length: 4 }, () => new Reader(log));
      await Promise.all(readers.map((reader, index) => reader.exchange(`entry ${index}`)));
      await Promise.all(readers.map((reader) => reader.exchange()));
      expect(readers[0]!.entries.toSorted()).toEqual(['entry 0', 'entry 1', 'entry 2', 'entry 3']);
      for (const { entries } of readers) expect(entries).toEqual(readers[0]!.entries);
    });

    it('begins, for who comes late, with what the former entries came to', async () => {
      const log = open();
      const first = new Reader(log);
      await first.exchange('a');
      await first.exchange('b');
      expect((await first.exchange(undefined, 'a and b')).unsummed).toBe(0);
      await first.exchange('c');
      const late = new Reader(log);
      const answer = await late.exchange();
      expect(answer).toMatchObject({ sum: 'a and b', entries: ['c'], unsummed: 1 });
    });

    it('gives who has read on no sum, and who was overtaken by one the sum', async () => {
      const log = open();
      const [one, other] = [new Reader(log), new Reader(log)];
      await other.exchange();
      await one.exchange('a');
      await one.exchange('b');
      await one.exchange('c', 'a and b');
      await one.exchange();
      await other.exchange();
      expect(one).toMatchObject({ sums: [], entries: ['a', 'b', 'c'] });
      expect(other).toMatchObject({ sums: ['a and b'], entries: ['c'] });
    });

    it('takes no sum that stands for less than the one that it has', async () => {
      const log = open();
      const [one, other] = [new Reader(log), new Reader(log)];
      await one.exchange('a');
      await other.exchange();
      await one.exchange('b');
      await one.exchange(undefined, 'a and b');
      await other.exchange(undefined, 'a');
      const late = new Reader(log);
      expect(await late.exchange()).toMatchObject({ sum: 'a and b', entries: [] });
    });

    it('keeps texts as they are', async () => {
      const log = open();
      const text = JSON.stringify({ segment: 'Қ "\\" \n', count: 1 });
      const reader = new Reader(log);
      await reader.exchange(text);
      expect(reader.entries).toEqual([text]);
    });
  });
}
