import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/domain/failure.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import {
  kafkaSettings,
  makeTopics,
  numbered,
  openSource,
  until,
  write,
  type RunningSource,
  type SourceSetup,
} from './support.ts';

const running: RunningSource[] = [];

function open(setup: SourceSetup): RunningSource {
  const source = openSource(setup);
  running.push(source);
  return source;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ source }) => source.close()));
});

/** Records, of which the second half comes when both members have joined: a fast first one would leave the other nothing. */
const count = 6_000;
const partitions = 6;

function valuesOf(...sources: readonly RunningSource[]): Set<string> {
  return new Set(sources.flatMap(({ handled }) => handled.map(({ value }) => value)));
}

async function takeTime(): Promise<void> {
  await sleep(15);
}

/** In the order of first handling, a key's values rise; what comes again is a repetition. */
function firstTimes(handled: RunningSource['handled']): Map<string, number[]> {
  const valuesByKey = new Map<string, number[]>();
  for (const { key, value } of handled) {
    const values = valuesByKey.get(key) ?? [];
    if (!values.includes(Number(value))) valuesByKey.set(key, [...values, Number(value)]);
  }
  return valuesByKey;
}

describe('two members of a group', () => {
  it('share the partitions, and hand over when one joins and when one leaves; none is lost', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: partitions });
    const records = numbered(count, 60);
    await write(brokers, events, records.slice(0, count / 2));

    const members: number[] = [];
    const telemetry = { membersCounted: (counted: number) => members.push(counted) };
    const first = open({ settings, handler: takeTime, recordsMax: 20, telemetry });
    await until(() => first.handled.length > 500, 'the first is at work');
    const second = open({ settings, handler: takeTime, recordsMax: 20 });
    await until(() => second.assignments.length > 0, 'the second has joined');
    await write(brokers, events, records.slice(count / 2));
    await until(() => second.handled.length > 500, 'the second is at work');
    expect(first.assignments.at(-1)).toHaveLength(partitions / 2);
    expect(second.assignments.at(-1)).toHaveLength(partitions / 2);

    expect(members).toEqual([1, 2]);
    await first.source.close();
    await until(() => valuesOf(first, second).size === count, 'all records are handled');

    expect(second.assignments.at(-1)).toHaveLength(partitions);
    for (const { handled } of [first, second]) {
      for (const values of firstTimes(handled).values()) expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
    // What was in hand when partitions moved may come twice; everything else comes once.
    const repeated = first.handled.length + second.handled.length - count;
    expect(repeated).toBeLessThanOrEqual(2 * partitions * 20);
  });

  it('hand over a partition that is held: the one that waits gives it up', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 2 });
    await write(brokers, events, numbered(100, 10));

    let isAway = true;
    let releases = 0;
    const stuck = open({
      settings,
      handler: async () => {
        if (isAway) throw new FailureError({ code: 'STORE_UNAVAILABLE', message: 'It is away.' });
      },
      telemetry: { released: () => (releases += 1) },
    });
    await until(() => stuck.assignments.length === 1, 'the first has joined');
    const second = open({ settings });
    await until(() => second.handled.length > 0, 'the second has got a partition');
    expect(stuck.handled).toEqual([]);
    expect(releases).toBeGreaterThan(0);

    isAway = false;
    await until(() => valuesOf(stuck, second).size === 100, 'all records are handled');
    expect(stuck.handled.length + second.handled.length).toBe(100);
  });

  it('leaves nothing for a member too many, and gives it a partition when another leaves', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 1 });

    const first = open({ settings });
    await until(() => first.assignments.at(-1)?.length === 1, 'the first has the partition');
    const second = open({ settings });
    await until(() => second.assignments.length > 0, 'the second has joined');
    const [holder, spare] = first.assignments.at(-1)?.length === 1 ? [first, second] : [second, first];
    expect(spare.assignments.at(-1)).toEqual([]);

    await holder.source.close();
    await write(brokers, events, numbered(10, 1));
    await until(() => spare.handled.length === 10, 'the spare one is at work');
  });
});
