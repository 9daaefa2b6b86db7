import { epochMs, epochOf, epochOverlapMs } from '../../domain/group-epoch.ts';
import {
  keyText,
  type AccountKey,
  type GroupMember,
  type GroupSighting,
  type MemberValue,
  type SharedValue,
  type Told,
} from '../../domain/group-member.ts';
import { proofsOfPerson } from '../../domain/group-terms.ts';
import { groupActions, groupEdgeKinds } from '../../domain/group-verdict.ts';
import { commonField, toldMark, valueMark, type GroupReply } from './group-script.ts';

/** How accounts and values are written as hashes, and read. What cannot have been written so is as if it were not there. */

const dayMs = 86_400_000;

/**
 * Seconds for which a key is kept after it was written: as long as what is written counts. Valkey counts by the wall clock and epochs
 * go by event time, so a day is added for processors that are behind.
 */
export const keptSeconds = String((epochMs + epochOverlapMs + dayMs) / 1000);

/** The rest of an account's key. */
export function accountSuffix(account: AccountKey): string {
  return `m${keyText(account)}`;
}

/** The rest of a value's key. */
export function valueSuffix(value: SharedValue): string {
  return `v${valueName(value)}`;
}

/** The rest of the key that counts the accounts of an epoch. */
export function epochSuffix(epoch: number): string {
  return `p${epoch}`;
}

/** A field of an account that says what a group said of it. */
export function toldField(value: SharedValue): string {
  return toldMark + valueName(value);
}

export function toldText({ action, revision, timeMs, isShadow }: Told): string {
  return `${action} ${revision} ${timeMs} ${isShadow ? 1 : 0}`;
}

/** The step that merges a sighting into its account, as the script has it. */
export function mergeStep(sighting: GroupSighting): readonly string[] {
  const { subject, timeMs, values, createdMs, score, isActedOn, proof, word } = sighting;
  const fields: string[] = ['=', 'subject', subject];
  if (Number.isFinite(createdMs)) fields.push('<', 'created', String(createdMs));
  if (values.length > 0) fields.push('>', 'shown', String(timeMs));
  fields.push('>', 'score', String(score));
  if (isActedOn) fields.push('=', 'acted', '1');
  if (proof !== null) fields.push('=', proof, '1');
  // One number, so that the later wins, and of two of one moment the kinder.
  if (word !== null) fields.push('>', 'word', String(word.saidMs * 2 + (word.isGenuine ? 1 : 0)));
  for (const value of values) fields.push('+', valueMark + valueName(value), '1');
  const creates = values.length > 0 ? '1' : '0';
  return [
    'm',
    accountSuffix(sighting),
    keptSeconds,
    creates,
    epochSuffix(epochOf(timeMs)),
    String(fields.length / 3),
    ...fields,
  ];
}

/** The account that a reply tells; undefined where there is none. */
export function memberOf(account: AccountKey, reply: GroupReply): GroupMember | undefined {
  const fields = fieldsOf(reply);
  const subject = fields.get('subject');
  if (subject === undefined) return undefined;
  const word = numberOf(fields.get('word'));
  return {
    keyHigh: account.keyHigh,
    keyLow: account.keyLow,
    subject,
    createdMs: numberOf(fields.get('created')) ?? Infinity,
    shownMs: numberOf(fields.get('shown')) ?? -Infinity,
    score: numberOf(fields.get('score')) ?? 0,
    isActedOn: fields.has('acted'),
    proofs: proofsOfPerson.filter((proof) => fields.has(proof)),
    word: word === undefined ? null : { saidMs: Math.floor(word / 2), isGenuine: word % 2 === 1 },
    values: [...fields.keys()].flatMap((field) => memberValueOf(field, fields) ?? []),
  };
}

/** The accounts that a reply of a value names; null where it is common. */
export function holdersOf(reply: GroupReply): readonly AccountKey[] | null {
  const fields = [...fieldsOf(reply).keys()];
  return fields.includes(commonField) ? null : fields.flatMap((field) => keyOf(field) ?? []);
}

function memberValueOf(field: string, fields: ReadonlyMap<string, string>): MemberValue | undefined {
  const name = /^v(\d+)\.(\d+)\.([0-9a-f]{16})$/.exec(field);
  const kind = name === null ? undefined : groupEdgeKinds[Number(name[1])];
  if (name === null || kind === undefined) return undefined;
  const value = { kind, epoch: Number(name[2]), ...keyOf(name[3]!)! };
  return { ...value, told: toldOf(fields.get(toldField(value))) };
}

function toldOf(text: string | undefined): Told | null {
  const [action, revision, time, isShadow] = text?.split(' ') ?? [];
  const known = groupActions.find((one) => one === action);
  const number = numberOf(revision);
  const timeMs = numberOf(time);
  return known === undefined || number === undefined || timeMs === undefined
    ? null
    : { action: known, revision: number, timeMs, isShadow: isShadow === '1' };
}

function valueName(value: SharedValue): string {
  return `${groupEdgeKinds.indexOf(value.kind)}.${value.epoch}.${keyText(value)}`;
}

function keyOf(text: string): AccountKey | undefined {
  if (!/^[0-9a-f]{16}$/.test(text)) return undefined;
  return { keyHigh: Number.parseInt(text.slice(0, 8), 16), keyLow: Number.parseInt(text.slice(8), 16) };
}

function numberOf(text: string | undefined): number | undefined {
  const number = text === undefined || text === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function fieldsOf(reply: GroupReply): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (typeof reply === 'number') return fields;
  for (let index = 0; index + 1 < reply.length; index += 2) fields.set(String(reply[index]), String(reply[index + 1]));
  return fields;
}
