import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { expectSameState } from '../valkey/same-state.ts';
import { wholeState } from '../valkey/support.ts';
import { expectOneFateEach, outcomeOf, type Outcome } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { messageOf, simulatedDay, withoutCrowdedTargets, type EventMessage } from './support/stream.ts';
import { sharedHistory, type SharedHistory } from './support/valkey.ts';

/*
 * The order of events is free between partitions, so decisions may see more or less of the other partitions, in two processes as in
 * one. What may not depend on it is what was counted in the end: the whole state that is left, but for what `in any order` leaves
 * out; and that every signup of a crowd that shares a device and an address saw another number of them, from the first to all.
 */

const partitions = 4;
/** Given, it repeats the point at which an earlier run killed. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));
const killedAfterMax = 400;

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

/** Accounts of all partitions that sign up from one device and one address at the same moment, so that none is too late to count. */
const crowdSize = 24;
const isOfCrowd = (account: string): boolean => account.startsWith('acc_crowd_');

/** A day with a crowd in it. The 24 hours' samples are of all that was seen that day, so they do not depend on its order. */
const day = withoutCrowdedTargets(simulatedDay(31, 1_000));
const newestMs = day.at(-1)!.timeMs;
const stream: readonly EventMessage[] = day.flatMap((event, index) => {
  const [turn, every] = [index + 1, Math.floor(day.length / crowdSize)];
  const isTurn = turn % every === 0 && turn / every <= crowdSize;
  return isTurn ? [messageOf(event), crowdSignup(turn / every)] : [messageOf(event)];
});

function crowdSignup(number: number): EventMessage {
  const subject = `acc_crowd_${number}`;
  const envelope = { specversion: '1.0', id: `crowd-${number}`, source: '/tests', type: 'account.signup', subject };
  const context = { ip: '198.51.100.7', device_id: 'd_crowd' };
  const time = new Date(newestMs).toISOString();
  return { key: subject, value: JSON.stringify({ ...envelope, time, data: { status: 'succeeded', context } }) };
}

/** As many rules fire on a signup as accounts are counted on its device, and on its address: so decisions tell their windows. */
async function countingPolicy(): Promise<string> {
  const path = join(await temporaryDirectory(), 'policy.yaml');
  const document = {
    version: 'counting',
    thresholds: { challenge: 0.8, review: 0.91, block: 0.97 },
    standing: { challenge: '1h', review: '24h', block: 'forever' },
    rules: [...rulesThatCount('device_accounts_24h'), ...rulesThatCount('ip_signups_1h')],
  };
  await writeFile(path, JSON.stringify(document));
  return path;
}

function rulesThatCount(feature: string): object[] {
  return counted(crowdSize + 1).map((count) => ({
    id: `${feature.replaceAll('_', '-')}-${count}`,
    version: 1,
    on: ['account.signup'],
    when: `${feature} >= ${count}`,
    then: 'challenge',
    reason: `{${feature}}`,
  }));
}

function counted(to: number): number[] {
  return Array.from({ length: to }, (_, index) => index + 1);
}

/** How many the crowd's signups saw on their device and on their address, each with itself, from the fewest to the most. */
function seenByCrowd({ decisions }: Outcome): { readonly device: number[]; readonly address: number[] } {
  const rules = decisions
    .filter(({ decision }) => isOfCrowd(decision.subject))
    .map(({ decision }) => decision.data.rules.map(({ id }) => id));
  const seen = (beginning: string): number[] =>
    rules.map((ids) => ids.filter((id) => id.startsWith(beginning)).length).toSorted((a, b) => a - b);
  return { device: seen('device'), address: seen('ip') };
}

/** Watermarks say which topic their offsets are of. Every run has one of its own. */
const topicIds = /("topic:events:\d+":)"[^"]*"/g;

/** What came of the stream, and what history held of it in the end. */
interface Run {
  readonly outcome: Outcome;
  readonly decided: readonly number[];
  readonly state: ReadonlyMap<string, string>;
}

interface Setup {
  readonly processes: number;
  /** Null: to each process its own. */
  readonly history: SharedHistory | null;
  readonly variables?: Readonly<Record<string, string>>;
  /** What happens while the stream is handled; answers who is left to do it. */
  readonly meanwhile?: (scene: Scene, processors: readonly Processor[]) => Promise<readonly Processor[]>;
}

/** Starts the processes, lets them share out the partitions, and then brings the stream. */
async function handled(context: Skip, { processes, history, variables, meanwhile }: Setup): Promise<Run> {
  const scene = await Scene.create(context, { partitions: { events: partitions } });
  const all = { WINNOW_POLICY_FILE: await countingPolicy(), ...variables, ...history?.variables };
  const processors = Array.from({ length: processes }, () => scene.run(all));
  await Promise.all(processors.map((processor) => processor.ready()));
  for (const processor of processors)
    await processor.until(() => processor.partitions.length === partitions / processes, 'each has its part');
  await scene.write(stream);
  const left = (await meanwhile?.(scene, processors)) ?? processors;
  await scene.drained(...left);
  const decided = await Promise.all(left.map((processor) => processor.decided()));
  await Promise.all(left.map((processor) => processor.end('SIGTERM')));
  const state = new Map<string, string>();
  if (history !== null)
    for (const [key, value] of await wholeState(history.nodes, history.keyPrefix, newestMs, 'in any order'))
      state.set(key, value.replaceAll(scene.names.events, 'events').replaceAll(topicIds, '$1"its id"'));
  return { outcome: await outcomeOf(scene), decided, state };
}

/** So that nobody is taken for dead on a machine that is busy: what is handled twice sees what was counted meanwhile. */
const patient = {
  WINNOW_KAFKA_CONSUMER_SESSION_TIMEOUT_MS: '30000',
  WINNOW_KAFKA_CONSUMER_REBALANCE_TIMEOUT_MS: '60000',
};

let handlingAlone: Promise<Run> | undefined;

/** What one process makes of the stream. */
function handledAlone(context: Skip): Promise<Run> {
  return (handlingAlone ??= handled(context, {
    processes: 1,
    history: sharedHistory(offer.require(context).nodes),
    variables: patient,
  }));
}

describe('two processes with one Valkey', () => {
  it('leave the history that one process leaves, and their decisions see all of it', async (context) => {
    const alone = await handledAlone(context);
    expect(alone.state.size).toBeGreaterThan(stream.length);
    const history = sharedHistory(offer.require(context).nodes);
    const run = await handled(context, { processes: 2, history, variables: patient });
    expect(Math.min(...run.decided)).toBeGreaterThan(stream.length / 10);
    expect(run.decided[0]! + run.decided[1]!).toBe(stream.length);

    expectSameState(run.state, alone.state);
    for (const { outcome } of [alone, run]) {
      expect(expectOneFateEach(outcome)).toBe(0);
      expect(seenByCrowd(outcome)).toEqual({ device: counted(crowdSize), address: counted(crowdSize) });
    }
  });

  it('leave it too when one of them is killed and the other takes over', async (context) => {
    process.stdout.write(`shared-history.test.ts: WINNOW_TEST_SEED=${seed}\n`);
    const random = new Random(seed);
    const alone = await handledAlone(context);
    const run = await handled(context, {
      processes: 2,
      history: sharedHistory(offer.require(context).nodes),
      // Few records a batch, so that there is always one in hand.
      variables: { WINNOW_BATCH_RECORDS_MAX: '4' },
      meanwhile: async (scene, processors) => {
        const victim = random.integer(0, 1);
        const decided = random.integer(1, killedAfterMax);
        const [killed, survivor] = [processors[victim]!, processors[1 - victim]!];
        await killed.until(async () => (await killed.decided()) >= decided, `${decided} decisions`);
        await killed.end('SIGKILL');
        expect(await scene.backlog()).toBeGreaterThan(0);
        return [survivor];
      },
    });
    expectSameState(run.state, alone.state);
    expectOneFateEach(run.outcome);
    expect(seenByCrowd(run.outcome).device.at(-1)).toBe(crowdSize);
  });
});

describe('two processes, each with a history of its own', () => {
  it('see a part each, and these tests see that', async (context) => {
    const { outcome } = await handled(context, { processes: 2, history: null, variables: patient });
    expect(expectOneFateEach(outcome)).toBe(0);
    const { device, address } = seenByCrowd(outcome);
    const most = device.at(-1)!;
    expect(most).toBeLessThan(crowdSize);
    const each = [...counted(most), ...counted(crowdSize - most)].toSorted((a, b) => a - b);
    expect({ device, address }).toEqual({ device: each, address: each });
  });
});
