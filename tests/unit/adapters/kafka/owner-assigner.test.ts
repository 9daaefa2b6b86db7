import { expect, it } from 'vitest';
import { assignByPartition } from '../../../../src/adapters/kafka/owner-assigner.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, partition) => partition);

it('gives a partition of each topic to the member that has the same one of the others', () => {
  for (const members of [1, 2, 3, 4, 5, 7]) {
    const names = numbers(members).map((member) => `m${member}`);
    const topics = new Map([
      ['account-events', numbers(6)],
      ['account-labels', numbers(6)],
    ]);
    const assigned = assignByPartition(names, topics);
    for (const own of assigned.values()) expect(own['account-labels']).toEqual(own['account-events']);
    const all = [...assigned.values()].flatMap((own) => own['account-events']!);
    expect(all.toSorted((one, other) => one - other)).toEqual(numbers(6));
    const counts = [...assigned.values()].map((own) => own['account-events']!.length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
});

it('comes to the same whatever order the members are told in', () => {
  const topics = new Map([['account-events', numbers(5)]]);
  expect(assignByPartition(['b', 'a', 'c'], topics)).toEqual(assignByPartition(['a', 'b', 'c'], topics));
});
