import { LineWriter } from '../adapters/file/line-writer.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import { orThrow } from '../app/versions.ts';
import { FailureError } from '../domain/failure.ts';
import { listKey, type ListEntry } from '../domain/list-entry.ts';
import { entryOfDraft, type ListDraft } from '../lists/draft.ts';
import { hashOf, readListValue } from '../lists/list-value.ts';
import type { ListMatcher } from '../lists/match.ts';
import { encodeListEntry } from '../wire/list-schema.ts';
import { quietBook } from './list/lists-of-file.ts';
import { readImport, type Defaults, type ImportedFile } from './list/import-file.ts';
import { hitsInEvents, judged, readDecisions, readKnownLabels, type HitsByEntry, type Labels } from './list/past.ts';
import type { NamedAccounts } from './list/listed-events.ts';
import { lineOf, listPlace, type ListPlace, type PlaceOptions } from './list/place.ts';
import { planImport, type ImportPlan } from './list/plan.ts';
import { describeProbation } from './list/probation.ts';
import { describeEntries } from './list/show.ts';
import { formatCount, formatCounted } from './style.ts';

/** What names an entry. */
export interface NamedEntry {
  readonly list: string;
  readonly type: ListEntry['type'];
  readonly value: string;
}

export type AddOptions = PlaceOptions & ListDraft;
export type RemoveOptions = PlaceOptions & NamedEntry;

export interface ShowOptions extends PlaceOptions, Partial<NamedEntry> {
  /** Past decisions: what each entry has hit. */
  readonly decisions?: string;
  readonly labels?: string;
  readonly json?: true;
}

export interface ImportOptions extends PlaceOptions, Defaults {
  /** The lists that the file names hold what it has, and nothing else. */
  readonly replace?: true;
  readonly dryRun?: true;
  readonly events?: string;
  readonly decisions?: string;
  readonly labels?: string;
  /** Changes at most. */
  readonly limit: number;
}

export interface ExportOptions extends PlaceOptions {
  readonly list?: string;
  readonly out: string;
}

/** For a person. Standard output is for entries. */
function tell(text: string): void {
  process.stderr.write(text);
}

/** Lines that are refused and shown one by one. */
const refusedShownMax = 50;

export async function runListAdd(options: AddOptions): Promise<void> {
  const place = listPlace(options);
  const entry = orThrow(entryOfDraft(options, place.hasher, clock.nowMs()));
  tell(describeProbation((await place.entries()).values(), [entry], place.governor));
  const named = namedAccounts([[listKey(entry), entry]], () => options.value.trim());
  const decided = await place.write(new Map([[listKey(entry), entry]]), named);
  tell(`${listKey(entry)} is in ${place.name}.${whenDecided(named, decided)}\n`);
}

export async function runListRemove(options: RemoveOptions): Promise<void> {
  const place = listPlace(options);
  const key = keyOf(options, place);
  if (!(await place.entries()).has(key)) {
    tell(`There is no such entry in ${place.name}: ${key}.\n`);
    return;
  }
  await place.write(new Map([[key, null]]), new Map());
  tell(`${key} is removed from ${place.name}.\n`);
}

export async function runListShow(options: ShowOptions): Promise<void> {
  const place = listPlace(options);
  const all = [...(await place.entries()).values()];
  const hash = options.value === undefined ? undefined : hashOfValue(options.type, options.value, place);
  const shown = all.filter(
    (entry) =>
      (options.list === undefined || entry.list === options.list) &&
      (options.type === undefined || entry.type === options.type) &&
      (hash === undefined || entry.hash === hash),
  );
  const labels: Labels = new Map();
  if (options.labels !== undefined) await readKnownLabels(options.labels, labels);
  const past = options.decisions === undefined ? null : await readDecisions(options.decisions, labels);
  process.stdout.write(describeEntries(shown, past, labels, { nowMs: clock.nowMs(), asJson: options.json === true }));
}

export async function runListExport(options: ExportOptions): Promise<void> {
  const place = listPlace(options);
  const writer = new LineWriter(options.out);
  let count = 0;
  for (const entry of (await place.entries()).values()) {
    if (options.list !== undefined && entry.list !== options.list) continue;
    await writer.write(lineOf(entry).trimEnd());
    count++;
  }
  await writer.close();
  tell(`Wrote ${formatCounted(count, 'entry', 'entries')} of ${place.name}.\n`);
}

/** Says first what an import would change, and whom its entries would have hit, and then writes it. Throws `FailureError`. */
export async function runListImport(path: string, options: ImportOptions): Promise<void> {
  const place = listPlace(options);
  const imported = await readImport(path, options, place.hasher, clock.nowMs());
  const before = await place.entries();
  const plan = planImport(before, imported.entries, options.replace === true);
  tell(describeImport(path, imported, plan));
  const written = new Map([...plan.added, ...plan.changed].map((key) => [key, imported.entries.get(key)!]));
  if (options.events !== undefined || options.decisions !== undefined)
    tell(await describePast(written, options, place));
  tell(describeProbation(before.values(), imported.entries.values(), place.governor));
  const isTooMany = plan.changes.size > options.limit;
  if (options.dryRun === true) {
    if (options.events === undefined && options.decisions === undefined)
      tell('Whom it would have hit is told of past events (--events, --decisions, --labels).\n');
    const more = isTooMany ? ` It is more than the limit: it will need --limit ${plan.changes.size}.` : '';
    return tell(`Nothing was written: this was a dry run.${more}\n`);
  }
  if (imported.refused.length > 0)
    refuse(`${formatCounted(imported.refused.length, 'line')} of ${path} refused; nothing was written.`);
  if (isTooMany)
    refuse(`${formatCounted(plan.changes.size, 'change')}, and the limit is ${formatCount(options.limit)}.`);
  // Those that were there already too: an import that was cut off is done by giving it again.
  const named = namedAccounts(imported.entries, (key) => imported.accounts.get(key));
  const decided = await place.write(plan.changes, named);
  tell(`Wrote ${formatCounted(plan.changes.size, 'change')} to ${place.name}.${whenDecided(named, decided)}\n`);
}

/** The accounts that entries let through or stop. A watched one is not acted on. */
function namedAccounts(
  entries: Iterable<readonly [string, ListEntry]>,
  idOf: (key: string) => string | undefined,
): NamedAccounts {
  const named = new Map<string, { readonly accountId: string; readonly entry: ListEntry }>();
  for (const [key, entry] of entries) {
    const accountId = entry.type === 'account' && entry.kind !== 'watch' ? idOf(key) : undefined;
    if (accountId !== undefined) named.set(key, { accountId, entry });
  }
  return named;
}

/** For a person: when what the entries say of accounts is done. */
function whenDecided({ size }: NamedAccounts, decided: number): string {
  if (size === 0) return '';
  if (decided > 0) return ` ${formatCounted(decided, 'account')} to be decided at once.`;
  return ' Accounts are decided by it with their next event: only where kafka.topics.labels is named are they at once.';
}

function refuse(message: string): never {
  throw new FailureError({ code: 'LIST_IMPORT_REFUSED', message });
}

function describeImport(path: string, { refused }: ImportedFile, plan: ImportPlan): string {
  const { added, changed, unchanged, gone } = plan;
  const lines = refused.slice(0, refusedShownMax).map(({ line, message }) => `  ${path}:${line}: ${message}\n`);
  const more = refused.length > refusedShownMax ? `  and ${formatCount(refused.length - refusedShownMax)} more\n` : '';
  const counts = [
    `${formatCount(added.length)} new`,
    `${formatCount(changed.length)} changed`,
    `${formatCount(unchanged)} as they were`,
    `${formatCount(gone.length)} gone`,
    `${formatCount(refused.length)} refused`,
  ];
  return `${path}: ${counts.join(', ')}.\n${lines.join('')}${more}`;
}

/** Whom the new and the changed entries would have hit. */
async function describePast(
  entries: ReadonlyMap<string, ListEntry>,
  { events, decisions, labels: labelFile, config }: ImportOptions,
  { hasher }: ListPlace,
): Promise<string> {
  const labels: Labels = new Map();
  if (labelFile !== undefined) await readKnownLabels(labelFile, labels);
  const matcher = matcherOf(entries, hasher);
  const hits: HitsByEntry =
    events === undefined || matcher === null ? new Map() : await hitsInEvents(events, matcher, labels, config);
  const past = decisions === undefined ? null : await readDecisions(decisions, labels);
  if (past !== null && matcher !== null) hitNamedAccounts(entries, [...past.byAccount.keys()], hasher, hits);
  const accounts = new Set([...hits.values()].flatMap((one) => [...one.accounts]));
  const eventsHit = [...hits.values()].reduce((sum, { count }) => sum + count, 0);
  const { fake, genuine } = judged(accounts, labels);
  const found = past && [...accounts].flatMap((account) => past.byAccount.get(account) ?? []);
  const parts = [
    `Would have hit ${formatCounted(accounts.size, 'account')}${events === undefined ? '' : ` in ${formatCounted(eventsHit, 'event')}`}`,
    ...(found === null
      ? []
      : [
          `${formatCounted(
            found.reduce((sum, { count }) => sum + count, 0),
            'decision',
          )} about them, ${formatCount(found.filter(({ action }) => action === 'block').length)} of them blocked now`,
        ]),
    `${formatCount(genuine)} labelled genuine, ${formatCount(fake)} fake`,
  ];
  const silent = entries.size - hits.size;
  const unasked = events === undefined ? ' Only accounts are found in decisions: --events finds the rest.' : '';
  return `${parts.join('; ')}. ${formatCounted(silent, 'entry', 'entries')} would have hit nobody.${unasked}\n`;
}

/** Decisions tell accounts alone of what they were made of. */
function hitNamedAccounts(
  entries: ReadonlyMap<string, ListEntry>,
  subjects: readonly string[],
  hasher: ListPlace['hasher'],
  hits: HitsByEntry,
): void {
  const accountKeys = new Map(
    [...entries].flatMap(([key, { type, hash }]) => (type === 'account' ? [[hash, key]] : [])),
  );
  if (accountKeys.size === 0) return;
  for (const subject of subjects) {
    const key = accountKeys.get(hashOf(hasher, 'account', subject));
    if (key === undefined || hits.get(key)?.accounts.has(subject) === true) continue;
    hits.set(key, { count: 0, accounts: new Set([subject]), lastMs: -Infinity });
  }
}

function matcherOf(entries: ReadonlyMap<string, ListEntry>, hasher: ListPlace['hasher']): ListMatcher | null {
  const book = quietBook(hasher);
  for (const entry of entries.values()) {
    const { key, value } = encodeListEntry(entry);
    book.take({ key, value: Buffer.from(value), offset: 0 });
  }
  return book.lease();
}

function keyOf({ list, type, value }: NamedEntry, place: ListPlace): string {
  return listKey({ list, type, hash: hashOfValue(type, value, place) });
}

function hashOfValue(type: ListEntry['type'] | undefined, value: string, { hasher }: ListPlace): string {
  if (type === undefined)
    throw new FailureError({ code: 'LIST_ENTRY_INVALID', message: 'A value is found by its type: give --type too.' });
  return hashOf(hasher, type, orThrow(readListValue(type, value)).text);
}
