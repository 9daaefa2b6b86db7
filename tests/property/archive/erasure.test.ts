import fc from 'fast-check';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { SqliteDatabase } from '../../../src/adapters/sqlite/database.ts';
import type { Archive } from '../../../src/archive/archive.ts';
import type { ArchiveItem } from '../../../src/archive/item.ts';
import { Keyring } from '../../../src/archive/keyring.ts';
import { SqlArchive, type ArchiveSettings } from '../../../src/archive/sql/archive.ts';
import { secret } from '../../contract/archive-contract.ts';
import {
  all,
  decisionRecord,
  hourMs,
  itemOf,
  spokenRecord,
  startMs,
  type SpokenWord,
  type Written,
} from '../../contract/archive-records.ts';
import { temporaryFolder } from '../../unit/adapters/file/folder.ts';

/** Hours, so that a week is a few steps. */
const graceHours = 5;
const settings: ArchiveSettings = {
  secret,
  retentionMs: Infinity,
  graceMs: graceHours * hourMs,
  rememberMs: 10_000 * hourMs,
};
const who = 'acc_x';
const pathOf = temporaryFolder();
let files = 0;

type Step = { readonly kind: 'decision' } | SpokenWord;

const reference = fc.constantFrom('A', 'B');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('decision', 'label', 'request') }),
  fc.record({ kind: fc.constant('hold'), reference, hours: fc.option(fc.integer({ min: 1, max: 12 })) }),
  fc.record({ kind: fc.constant('lift'), reference }),
);
/** What happens, how many hours after the former. */
const stories = fc.array(fc.tuple(step, fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 14 });

interface Told {
  readonly hour: number;
  readonly step: Step;
}

function told(steps: readonly (readonly [Step, number])[]): readonly Told[] {
  let hour = 0;
  return steps.map(([each, later]) => ({ hour: (hour += later), step: each }));
}

function recordOf({ hour, step: each }: Told): Written {
  const atMs = startMs + hour * hourMs;
  return each.kind === 'decision' ? decisionRecord({ account: who, atMs }) : spokenRecord(each, who, atMs);
}

/**
 * When the account is forgotten, by walking through the hours as a person would: it is asked for, and nobody holds. Holds are ended when
 * their hour has come, or somebody lifts them.
 */
function erasedAt(story: readonly Told[], untilHour: number): number[] {
  const erased: number[] = [];
  const holds = new Map<string, number>();
  let isAsked = false;
  for (let hour = 0; hour <= untilHour; hour += 1) {
    for (const { step: each } of story.filter((one) => one.hour === hour)) {
      if (each.kind === 'request') isAsked = true;
      if (each.kind === 'lift')
        for (const name of holds.keys()) if (name.startsWith(each.reference)) holds.delete(name);
      if (each.kind === 'hold')
        holds.set(`${each.reference} ${hour}`, each.hours === null ? Infinity : hour + each.hours);
    }
    // What is said in the hour in which a hold ends counts: another one leaves no gap.
    for (const [name, end] of holds) if (end <= hour) holds.delete(name);
    if (isAsked && holds.size === 0) [isAsked] = [false, erased.push(hour)];
  }
  return erased;
}

const isDecision = ({ step: each }: Told): boolean => each.kind === 'decision';

/** Its records as their topics have them: each topic by itself, one after the other. */
function itemsOf(story: readonly Told[]): readonly { readonly item: ArchiveItem; readonly hour: number }[] {
  const next = { decisions: 0, labels: 0 };
  return story.map((one) => {
    const topic = isDecision(one) ? 'decisions' : 'labels';
    return { item: itemOf(recordOf(one), next[topic]++), hour: one.hour };
  });
}

async function open(path: string): Promise<Archive> {
  return SqlArchive.open(SqliteDatabase.open(path), settings);
}

function positionsOf(items: readonly ArchiveItem[]) {
  return items.map(({ origin }) => ({ topic: origin!.topic, partition: origin!.partition, next: origin!.offset + 1 }));
}

it('forgets at the same moment, and comes to the same content, in whichever order topics, holds, deaths and looks at the clock come', async () => {
  const chances = fc.infiniteStream(fc.integer({ min: 0, max: 9 }));
  await fc.assert(
    fc.asyncProperty(stories, chances, async (steps, chance) => {
      const happened = told(steps);
      const items = itemsOf(happened);
      const endHour = happened.at(-1)!.hour + 20;
      const endMs = startMs + endHour * hourMs;
      const draw = (): number => chance.next().value as number;

      // One that grows: decisions come later than words, or sooner; it dies, gets again what it had, and looks at the clock now and then.
      files += 1;
      const path = pathOf(`grown-${files}.db`);
      let grown = await open(path);
      const waiting: ArchiveItem[] = [];
      const write = async (batch: readonly ArchiveItem[], nowMs: number): Promise<void> => {
        await grown.write({ items: batch, positions: positionsOf(batch), nowMs });
        if (draw() < 2) await grown.write({ items: batch, positions: [], nowMs });
        if (draw() > 0) return;
        await grown.close();
        grown = await open(path);
      };
      for (const { item, hour } of items) {
        const nowMs = startMs + hour * hourMs;
        if (draw() < 3) await grown.sweep(nowMs, true);
        if (item.kind === 'decision' && draw() < 5) waiting.push(item);
        else if (item.kind !== 'decision') await write([item], nowMs);
        else await write([...waiting.splice(0), item], nowMs);
      }
      await write(waiting, endMs);
      await grown.sweep(endMs, true);

      // One that is made anew in the end, with all words before the first decision.
      const anew = await open(pathOf(`anew-${files}.db`));
      const words = items.filter(({ item }) => item.kind !== 'decision').map(({ item }) => item);
      const decisions = items.filter(({ item }) => item.kind === 'decision').map(({ item }) => item);
      for (const batch of [words, decisions])
        await anew.write({ items: batch, positions: positionsOf(batch), nowMs: endMs });
      await anew.sweep(endMs, true);
      const content = await grown.verify();
      expect(await anew.verify()).toMatchObject({ sha256: content.sha256, decisions: content.decisions });

      // It forgot what it must, and nothing else.
      const lastErased = erasedAt(happened, endHour).at(-1) ?? -Infinity;
      const always = { fromMs: -Infinity, untilMs: Infinity };
      const left = (await all(grown.accountRecords(who, always))).filter(({ kind }) => kind === 'decision');
      const due = happened.filter((one) => isDecision(one) && one.hour > lastErased + graceHours);
      expect(left.map(({ timeMs }) => (timeMs - startMs) / hourMs)).toEqual(due.map(({ hour }) => hour));
      expect(await all(grown.erasures(always))).toHaveLength(
        happened.filter((one) => one.step.kind === 'request' && one.hour <= lastErased).length,
      );
      await grown.close();
      await anew.close();
      if (happened.every(({ hour }) => hour <= lastErased)) await expectNoTrace(path);
    }),
    { numRuns: 60 },
  );
});

/** Neither its name nor what it was found under is in any byte of the database. */
async function expectNoTrace(path: string): Promise<void> {
  const names = (await readdir(dirname(path))).filter((name) => join(dirname(path), name).startsWith(path));
  for (const name of names) {
    const bytes = await readFile(join(dirname(path), name));
    for (const trace of [Buffer.from(who), Buffer.from(new Keyring(secret).pseudonymOf(who))])
      expect(bytes.includes(trace)).toBe(false);
  }
}
