import { expect } from 'vitest';
import type { WireDecision } from '../../../../src/wire/decision-schema.ts';
import type { Scene, StoredRecord } from './scene.ts';
import { invalidHeader } from './stream.ts';

/** A decision and where it stands. */
export interface DecisionRecord extends StoredRecord {
  readonly decision: WireDecision;
  /** Where the event or the label stands that it is about. */
  readonly cause: string;
}

/** Everything that went in and came out, as it stands in the topics. */
export interface Outcome {
  readonly events: readonly StoredRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly deadLetters: readonly StoredRecord[];
}

export async function outcomeOf(scene: Scene): Promise<Outcome> {
  const { events, decisions, deadLetters } = scene.names;
  const written = await scene.read(events);
  const placesById = new Map(written.map((event) => [idIn(event), placeOfEvent(event)]));
  return {
    events: written,
    decisions: (await scene.read(decisions)).map((record) => {
      const decision = decisionIn(record);
      const { cause, trigger } = decision.data;
      const place = trigger === undefined ? placesById.get('event_id' in cause ? cause.event_id : '') : undefined;
      return { ...record, decision, cause: place ?? placeOfTrigger(decision) };
    }),
    deadLetters: await scene.read(deadLetters),
  };
}

/** Undefined for what is no event. */
function idIn({ value }: StoredRecord): string | undefined {
  return /"id":"([^"]+)"/.exec(String(value))?.[1];
}

function decisionIn({ value }: StoredRecord): WireDecision {
  return JSON.parse(String(value)) as WireDecision;
}

/** Where an event stands: the one thing that is different for each. */
export const placeOf = (topic: string, partition: unknown, offset: unknown): string =>
  `${topic}/${String(partition)}/${String(offset)}`;

export const placeOfEvent = ({ topic, partition, offset }: StoredRecord): string => placeOf(topic, partition, offset);

export function placeOfTrigger({ data: { trigger } }: WireDecision): string {
  return placeOf(trigger!.topic, trigger!.partition, trigger!.offset);
}

export function placeOfSource({ headers }: StoredRecord): string {
  const [topic, partition, offset] = ['source-topic', 'source-partition', 'source-offset'].map((name) =>
    String(headers[name]),
  );
  return placeOf(topic!, partition, offset);
}

/**
 * Holds what came out against what went in: each event has one fate, a decision if it is valid and a dead letter if not. What
 * came out more than once says the same each time: as often as a test that kills allows for it. Answers how many repetitions there were.
 */
export function expectOneFateEach({ events, decisions, deadLetters }: Outcome): number {
  const decided = Map.groupBy(decisions, ({ cause }) => cause);
  const dead = Map.groupBy(deadLetters, placeOfSource);
  const faults: string[] = [];
  for (const event of events) {
    const place = placeOfEvent(event);
    const [right, wrong] = invalidHeader in event.headers ? [dead, decided] : [decided, dead];
    if (!right.has(place)) faults.push(`${place} has no fate`);
    if (wrong.has(place)) faults.push(`${place} has a wrong fate`);
    for (const each of decided.get(place) ?? []) faults.push(...faultsOfDecision(event, each));
    for (const letter of dead.get(place) ?? []) {
      if (!sameBytes(letter.key, event.key)) faults.push(`${place}: another key in its dead letter`);
      if (!sameBytes(letter.value, event.value)) faults.push(`${place}: another value in its dead letter`);
    }
    decided.delete(place);
    dead.delete(place);
  }
  for (const place of [...decided.keys(), ...dead.keys()]) faults.push(`${place} was never written`);
  faults.push(...faultsOfIds(decisions));
  expect({ faults: faults.length, such: faults.slice(0, 5) }).toEqual({ faults: 0, such: [] });
  return decisions.length + deadLetters.length - events.length;
}

function faultsOfDecision(event: StoredRecord, { key, decision }: DecisionRecord): string[] {
  const { id, subject } = JSON.parse(String(event.value)) as { id: string; subject: string };
  const place = placeOfEvent(event);
  return [
    ...((decision.data.trigger?.event_id ?? id) === id ? [] : [`${place}: the decision names another event`]),
    ...(decision.subject === subject ? [] : [`${place}: the decision is about another account`]),
    ...(String(key) === subject ? [] : [`${place}: the decision is not keyed by the account`]),
  ];
}

/** An id belongs to one event, and an event, so long as model and policy stay, to one id. */
function faultsOfIds(decisions: readonly DecisionRecord[]): string[] {
  const placesById = Map.groupBy(decisions, ({ decision }) => decision.id);
  const idsByCause = Map.groupBy(
    decisions,
    ({ decision, cause }) => `${cause} ${decision.data.model.sha256} ${decision.data.policy.sha256}`,
  );
  const differing = (group: readonly DecisionRecord[], of: (record: DecisionRecord) => string): boolean =>
    new Set(group.map(of)).size > 1;
  return [
    ...[...placesById]
      .filter(([, group]) => differing(group, ({ cause }) => cause))
      .map(([id]) => `${id} has several causes`),
    ...[...idsByCause]
      .filter(([, group]) => differing(group, ({ decision }) => decision.id))
      .map(([cause]) => `${cause} has several ids`),
  ];
}

/** What decisions say, by input partition, in the order of its events; what is said several times in a row is there once. */
export function inOrder(
  decisions: readonly DecisionRecord[],
  said: (data: WireDecision['data']) => string,
): Map<number, string[]> {
  const [partitionAt, offsetAt] = [1, 2];
  const placeAt = ({ cause }: DecisionRecord, at: number): number => Number(cause.split('/')[at]);
  const offsetOf = (record: DecisionRecord): number => placeAt(record, offsetAt);
  const byPartition = Map.groupBy(decisions, (record) => placeAt(record, partitionAt));
  return new Map(
    [...byPartition].map(([partition, own]) => {
      const all = own.toSorted((a, b) => offsetOf(a) - offsetOf(b)).map(({ decision }) => said(decision.data));
      return [partition, all.filter((each, index) => each !== all[index - 1])];
    }),
  );
}

function sameBytes(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}
