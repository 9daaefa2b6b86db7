import { join } from 'node:path';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { sceneKeySecret, type StoredRecord } from '../integration/processor/support/scene.ts';
import { invalidHeader } from '../integration/processor/support/stream.ts';
import { wholeState } from '../integration/valkey/support.ts';
import { stateInSnapshot } from '../property/adapters/embedded/state-by-entity.ts';
import { failOverShard } from './faults/fail-over-shard.ts';
import type { Fault } from './faults/fault.ts';
import { freezeProcessor } from './faults/freeze-processor.ts';
import { batchRecordsMax } from './member-settings.ts';
import type { Stage } from './stage.ts';
import { say, type Began } from './disturb.ts';
import { eventIdOf } from './stream.ts';
import type { Sign } from './watch.ts';

/** What is wrong after a round, a sentence each; none where it was survived. */
export async function judge(stage: Stage, began: readonly Began[]): Promise<string[]> {
  const decisions = (await stage.scene.read(stage.scene.names.decisions)).map(decided);
  const letters = await stage.scene.read(stage.scene.names.deadLetters);
  const incomparable = whyIncomparable(stage, began);
  return [
    ...(await fatesOf(stage, decisions, letters)),
    ...idsOf(decisions),
    ...repeatsOf(stage, decisions, letters),
    ...(began.every(({ fault }) => leavesOneOwner(fault)) ? committedAgainOf(stage, decisions) : []),
    ...(began.some(({ fault }) => fault.parts.includes('topic')) ? [] : orderOf(stage, decisions)),
    ...boundsOf(stage),
    ...endsOf(stage, began),
    ...toldOf(stage, began),
    ...(incomparable === null ? await againstUndisturbed(stage, decisions) : []),
  ];
}

interface Decided {
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
  readonly decision: WireDecision;
  /** Of the event that it is about. */
  readonly eventId: string;
}

function decided({ key, partition, offset, value }: StoredRecord): Decided {
  const decision = JSON.parse(String(value)) as WireDecision;
  return { key: String(key), partition, offset, decision, eventId: decision.data.trigger!.event_id };
}

/** Where each event of the topic, as it is now, lies in it. */
async function placesOf({ scene }: Stage): Promise<ReadonlyMap<string, string>> {
  const records = await scene.read(scene.names.events);
  return new Map(
    records
      .filter(({ headers }) => !(invalidHeader in headers))
      .map(({ partition, offset, value }) => [eventIdOf(value), `partition ${partition}, offset ${offset}`]),
  );
}

/** Every event has one fate, of its own kind, about its own account; and nothing else came out. */
async function fatesOf(
  stage: Stage,
  decisions: readonly Decided[],
  letters: readonly StoredRecord[],
): Promise<string[]> {
  const { stream, poisoned, forgiven } = stage;
  const subjects = new Map(stream.messages.map(({ key, value }) => [eventIdOf(value), key]));
  const fated = new Set(decisions.map(({ eventId }) => eventId));
  const dead = new Set(letters.map(({ key }) => String(key)));
  const fateless = [...subjects.keys()].filter((id) => !fated.has(id) && !forgiven.has(id));
  const places = fateless.length === 0 ? new Map<string, string>() : await placesOf(stage);
  return few([
    ...fateless.map((id) => `event ${id} has no fate: ${places.get(id) ?? 'it is not in the topic'}`),
    ...[...poisoned].filter((key) => !dead.has(key) && !forgiven.has(key)).map((key) => `${key} has no dead letter`),
    ...decisions
      .filter(({ eventId, key, decision }) => subjects.get(eventId) !== key || decision.subject !== key)
      .map(({ eventId }) => `a decision about ${eventId} is of another account, or was never asked for`),
    ...letters
      .filter(({ key, headers }) => !(invalidHeader in headers) || !poisoned.has(String(key)))
      .map(({ key, headers }) => `an event of ${String(key)} became a dead letter: ${String(headers['error-code'])}`),
  ]);
}

/** Under one id stands one event and, but for what says that it was decided again, one action; and each event has one id. */
function idsOf(decisions: readonly Decided[]): string[] {
  const several = (of: Map<string, Decided[]>, what: (each: Decided) => string): string[] =>
    [...of].filter(([, group]) => new Set(group.map(what)).size > 1).map(([key]) => key);
  const firm = decisions.filter(({ decision }) => decision.data.degraded === undefined);
  return few([
    ...several(
      Map.groupBy(decisions, ({ decision }) => decision.id),
      ({ eventId }) => eventId,
    ).map((id) => `${id} is about several events`),
    ...several(
      Map.groupBy(decisions, ({ eventId }) => eventId),
      ({ decision }) => decision.id,
    ).map((id) => `event ${id} has several ids`),
    ...several(
      Map.groupBy(firm, ({ decision }) => decision.id),
      ({ decision }) => decision.data.action,
    ).map((id) => `${id} says several actions`),
  ]);
}

/**
 * Batches of a partition that one death, or one change of owner, may send again: those in hand of who lost it and of who got it. Where nothing
 * but the group says what has its fate, or where an answer of a broker is lost, what was decided until the next commit too.
 */
const batchesInHandMax = 2;
const batchesNotCommittedMax = 20;

function again<T>(all: readonly T[], idOf: (each: T) => string): number {
  return all.length - new Set(all.map(idOf)).size;
}

function repeatsOf(
  { plan, members }: Stage,
  decisions: readonly Decided[],
  letters: readonly StoredRecord[],
): string[] {
  const repeats = again(decisions, ({ decision }) => decision.id) + again(letters, ({ key }) => String(key));
  const { topology, disturbances } = plan;
  const isSaidByStore = topology.store !== 'embedded' && disturbances.every(({ fault }) => isStoreSure(fault));
  const changes = disturbances.length + members.reduce((sum, { lives }) => sum + lives.length, 0);
  const batches = changes * topology.partitions * (isSaidByStore ? batchesInHandMax : batchesNotCommittedMax);
  const most = batches * batchRecordsMax;
  const marked = decisions.filter(({ decision }) => decision.data.degraded !== undefined).length;
  say(
    `${decisions.length} decisions and ${letters.length} dead letters: ${repeats} again, ${most} may; ${marked} marked`,
  );
  return repeats <= most ? [] : [`${repeats} decisions and dead letters came again, and ${most} may`];
}

/** What the group had committed when a processor died is not sent again. */
function committedAgainOf({ deaths }: Stage, decisions: readonly Decided[]): string[] {
  const sentAgain = deaths.flatMap(({ committed, decided: ends }) =>
    decisions.filter(({ partition, offset, decision }) => {
      const trigger = decision.data.trigger!;
      return offset >= ends.get(partition)! && Number(trigger.offset) < (committed.get(trigger.partition) ?? 0);
    }),
  );
  return sentAgain.length === 0
    ? []
    : [`${sentAgain.length} decisions came again that were committed when a processor died`];
}

/** Whether nobody goes on with a partition that is another's by now, and offsets are those that they were. */
function leavesOneOwner({ name, parts }: Fault): boolean {
  return name !== freezeProcessor.name && !parts.includes('brokers') && !parts.includes('topic');
}

/** Whether a store that members share still knows what was settled, and brokers answer for what they took. */
function isStoreSure({ name, parts }: Fault): boolean {
  return name !== failOverShard.name && !parts.includes('brokers') && !parts.includes('topic');
}

/** What is decided first about each event of an account comes in the order in which its events were written. */
function orderOf({ stream }: Stage, decisions: readonly Decided[]): string[] {
  const turns = new Map(stream.messages.map(({ value }, index) => [eventIdOf(value), index]));
  const byAccount = Map.groupBy(decisions, ({ key }) => key);
  return few(
    [...byAccount]
      .filter(([, own]) => {
        const sorted = own.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
        const first = [...new Set(sorted.map(({ eventId }) => turns.get(eventId)!))];
        return first.some((turn, index) => index > 0 && turn < first[index - 1]!);
      })
      .map(([account]) => `decisions about ${account} are out of order`),
  );
}

const residentBytesMax = 1.5 * 1024 ** 3;
/** A stream of some thousand events has not more entities, of all kinds together, than some for each. */
const entitiesPerEventMax = 12;

function boundsOf({ watch, stream }: Stage): string[] {
  const faults: string[] = [];
  const hold = (metric: string, most: number): void => {
    const found = watch.most(metric);
    if (found > most) faults.push(`${metric} was ${found}, and ${most} is the most`);
  };
  hold('process_resident_memory_bytes', residentBytesMax);
  hold('winnow_store_entities', stream.messages.length * entitiesPerEventMax);
  const bytesMax = watch.most('winnow_history_bytes_max');
  if (bytesMax > 0) hold('winnow_history_bytes', bytesMax);
  return faults;
}

/** Nobody ends by itself, but as a fault of the round says; and what was patient decided nothing without history. */
function endsOf({ members, watch }: Stage, began: readonly Began[]): string[] {
  const expected = new Set<number | null>(began.flatMap(({ fault }) => fault.exits ?? []));
  const exits = members.flatMap((member) => member.exits).filter(({ code }) => !expected.has(code));
  const degraded = watch.total('winnow_degraded_batches_total', { part: 'store' });
  return [
    ...exits.map(({ code, signal }) => `a processor ended by itself: code ${code}, signal ${signal}`),
    ...(degraded === 0
      ? []
      : [`${degraded} batches were decided without history, within the time for which it is held`]),
  ];
}

function isShownByEvents({ parts }: Fault): boolean {
  return parts.includes('store') || parts.includes('clock');
}

/** Each fault was told, by metrics and by the log; but those that only events show, where they came while none did. */
function toldOf({ watch, plan: { topology } }: Stage, began: readonly Began[]): string[] {
  const mute = began.filter(({ fault }) => fault.mutes === true);
  const isMissed = ({ fault, beganMs }: Began): boolean =>
    !isShownByEvents(fault) || !mute.some((other) => other.beganMs <= beganMs && beganMs < other.overMs);
  const says = (sign: Sign): boolean => !('kafka' in sign) || sign.kafka === topology.kafka;
  return began
    .filter(isMissed)
    .flatMap(({ fault, since }) =>
      fault.tells
        .filter((signs) => !signs.some((sign) => says(sign) && watch.hasSeen(sign, since)))
        .map((signs) => `${fault.name} was not told: none of ${JSON.stringify(signs)}`),
    );
}

/**
 * Why history and decisions are not held against an undisturbed run; null where they are. Several processes with a history each have
 * no common one; and of several partitions with histories in processes nobody knows the order.
 */
export function whyIncomparable({ plan: { topology } }: Stage, began: readonly Began[]): string | null {
  const byFault = began.map(({ fault }) => fault.incomparable).find((why) => why !== undefined);
  if (byFault !== undefined) return byFault;
  if (topology.store !== 'embedded') return null;
  if (topology.processors > 1) return 'each process has a history of its own';
  return topology.partitions > 1 ? 'the order between partitions is free' : null;
}

async function againstUndisturbed(stage: Stage, decisions: readonly Decided[]): Promise<string[]> {
  for (const member of stage.members) await member.stop();
  const calm = await stage.undisturbed();
  const expected = (await calm.scene.read(calm.scene.names.decisions)).map(decided);
  // What was decided again is marked and lifts nothing, and what stands for its account goes its own way from there.
  const marked = decisions.filter(({ decision }) => decision.data.degraded !== undefined);
  const apart = new Set(marked.map(({ key }) => key));
  const said = (all: readonly Decided[]): Map<string, string> =>
    new Map(all.filter(({ key }) => !apart.has(key)).map(({ decision }) => [decision.id, sayingOf(decision)]));
  const isOneOrder = stage.plan.topology.partitions === 1 && apart.size === 0;
  return [
    ...differences('decisions', said(decisions), said(expected)),
    ...differences(
      'history',
      await stateOf(stage, stage.keyPrefix, 'member-0', isOneOrder),
      await stateOf(stage, calm.keyPrefix, calm.snapshot, isOneOrder),
    ),
  ];
}

function sayingOf({ data: { action, rules, supersedes } }: WireDecision): string {
  return JSON.stringify({ action, rules, supersedes });
}

async function stateOf(
  { store, stream }: Stage,
  keyPrefix: string,
  snapshot: string,
  isOneOrder: boolean,
): Promise<ReadonlyMap<string, string>> {
  if (store.kind === 'embedded') return stateInSnapshot(join(store.folder, snapshot), sceneKeySecret);
  const nodes = store.kind === 'shards' ? store.shards.map(({ primary }) => primary) : store.nodes;
  return wholeState(nodes, keyPrefix, stream.newestMs, isOneOrder ? 'everything' : 'in any order');
}

function differences(
  what: string,
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): string[] {
  const differing = [...new Set([...actual.keys(), ...expected.keys()])].filter(
    (key) => actual.get(key) !== expected.get(key),
  );
  const shown = differing
    .slice(0, 2)
    .map((key) => `${key.slice(0, 80)}: ${linesApart(actual.get(key), expected.get(key))}`);
  return differing.length === 0
    ? []
    : [`${differing.length} of ${expected.size} ${what} are not as undisturbed, such as ${shown.join('; ')}`];
}

/** Of two texts of many lines those that differ. */
function linesApart(actual: string | undefined, expected: string | undefined): string {
  if (actual === undefined || expected === undefined) return actual === undefined ? 'is missing' : 'is one more';
  const others = expected.split('\n');
  return actual
    .split('\n')
    .flatMap((line, index) => (line === others[index] ? [] : [`${line} and not ${others[index]}`]))
    .join(', ');
}

const shownMax = 5;

/** Of many sentences the first few, and how many there are. */
function few(sentences: readonly string[]): string[] {
  const rest = sentences.length - shownMax;
  return rest <= 0 ? [...sentences] : [...sentences.slice(0, shownMax), `and ${rest} more such`];
}
