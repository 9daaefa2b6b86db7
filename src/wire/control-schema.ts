import { z } from 'zod';
import {
  overrideEffects,
  type Control,
  type GovernorOverride,
  type Order,
  type Withdrawal,
} from '../domain/control.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { bundleReference, deploymentSchema, type Deployment } from './bundle-schema.ts';
import { identifier, orderReason, time } from './primitives.ts';
import { parseTime } from './time.ts';

/**
 * The schema of record for what people order: the value of a record of the control topic. Its key says what is controlled:
 * `kill-switch`; `governor`, a cause and a segment with `|` between; or `deployment`, whose value is a `Deployment` with who set it and
 * why. A processor writes one kind itself: `withdrawn`, the name and the version of a bundle with `|` between, says that it may be canary no
 * more, so that what one member sees holds for all. Members that are not known are ignored.
 */

export const killSwitchKey = 'kill-switch';
export const deploymentKey = 'deployment';
const withdrawnPrefix = 'withdrawn';

/** What a cause and a segment may be called: `rule:bulk-signup`, `model:starter`; `all`, `KZ`, `mail-free`. */
export const causePattern = /^(rule|model|list|group):[^|\n]{1,200}$/;
export const segmentPattern = /^[A-Za-z][A-Za-z-]{0,63}$/;

export const controlSchema = z
  .object({
    author: identifier.describe('Who ordered it.'),
    reason: orderReason.describe('Why, in a sentence.'),
    until: time.describe('From then on it is no longer in force.'),
    effect: z
      .enum(overrideEffects)
      .exactOptional()
      .describe('Of an override of the governor: release lets the cause block, hold does not, whatever is counted.'),
  })
  .meta({
    id: 'Control',
    description:
      'What a person ordered; its key is kill-switch, or governor|cause|segment, such as governor|rule:bulk-signup|all.',
  });

/** A deployment as the topic has it: somebody answers for it. It has no end. */
const orderedDeploymentSchema = deploymentSchema.required({ author: true, reason: true });

export const withdrawalSchema = z
  .object({
    author: identifier.describe('The member that saw it, by its host.'),
    reason: orderReason.describe('The rule that it broke, with what was counted.'),
    at: time.describe('When that was seen.'),
  })
  .meta({
    id: 'Withdrawal',
    description:
      'A canary that its rules withdrew: no member gives it an account any more. Its key is withdrawn|name|version, such as withdrawn|mine|2.',
  });

/** What one record of the control topic orders. */
export type ControlRecord =
  | { readonly kind: 'kill-switch'; readonly order: Order }
  | { readonly kind: 'override'; readonly order: GovernorOverride }
  | { readonly kind: 'deployment'; readonly order: Deployment }
  | { readonly kind: 'withdrawal'; readonly order: Withdrawal };

export function overrideKey({ cause, segment }: Pick<GovernorOverride, 'cause' | 'segment'>): string {
  return `governor|${cause}|${segment}`;
}

/** Reads a record; undefined for a key of something else, which is for others to read. */
export function decodeControl(key: string, value: Uint8Array): Result<ControlRecord> | undefined {
  if (key === killSwitchKey) {
    const read = readAs(controlSchema, key, value);
    return read.ok ? success({ kind: 'kill-switch', order: orderOf(read.value) }) : read;
  }
  if (key === deploymentKey) {
    const read = readAs(orderedDeploymentSchema, key, value);
    return read.ok ? success({ kind: 'deployment', order: read.value }) : read;
  }
  const [subject] = key.split('|', 1);
  if (subject === withdrawnPrefix) return decodeWithdrawal(key, value);
  return subject === 'governor' ? decodeOverride(key, value) : undefined;
}

function decodeWithdrawal(key: string, value: Uint8Array): Result<ControlRecord> {
  const [, name = '', version = '', ...rest] = key.split('|');
  if (!bundleReference.safeParse({ name, version }).success || rest.length > 0)
    return failed('CONTROL_INVALID', 'The key is not withdrawn, the name and the version of a bundle.', key);
  const read = readAs(withdrawalSchema, key, value);
  if (!read.ok) return read;
  const { author, reason, at } = read.value;
  return success({ kind: 'withdrawal', order: { name, version, author, reason, atMs: parseTime(at) } });
}

function decodeOverride(key: string, value: Uint8Array): Result<ControlRecord> {
  const [, cause = '', segment = '', ...rest] = key.split('|');
  if (!causePattern.test(cause) || !segmentPattern.test(segment) || rest.length > 0)
    return failed('CONTROL_INVALID', 'The key is not governor, a cause and a segment with | between.', key);
  const read = readAs(controlSchema, key, value);
  if (!read.ok) return read;
  const { effect } = read.value;
  if (effect === undefined) return failed('CONTROL_INVALID', 'An override says its effect.', key);
  return success({ kind: 'override', order: { ...orderOf(read.value), cause, segment, effect } });
}

function orderOf({ author, reason, until }: z.output<typeof controlSchema>): Order {
  return { author, reason, untilMs: parseTime(until) };
}

function readAs<T extends z.ZodType>(schema: T, key: string, value: Uint8Array): Result<z.output<T>> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
  } catch {
    return failed('CONTROL_INVALID', 'The value is not JSON in UTF-8.', key);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return success(parsed.data);
  const issue = parsed.error.issues[0]!;
  return failed('CONTROL_INVALID', `${issue.path.join('.') || 'The value'}: ${issue.message}`, key);
}

export function withdrawalKey({ name, version }: Pick<Withdrawal, 'name' | 'version'>): string {
  return `${withdrawnPrefix}|${name}|${version}`;
}

/** The record of an order. */
export function encodeControl({ kind, order }: ControlRecord): { readonly key: string; readonly value: string } {
  if (kind === 'deployment') return { key: deploymentKey, value: JSON.stringify(order) };
  if (kind === 'withdrawal') {
    const { author: member, reason: why, atMs } = order;
    const said = { author: member, reason: why, at: new Date(atMs).toISOString() };
    return { key: withdrawalKey(order), value: JSON.stringify(said) };
  }
  const { author, reason, untilMs } = order;
  const value = { author, reason, until: new Date(untilMs).toISOString() };
  if (kind === 'kill-switch') return { key: killSwitchKey, value: JSON.stringify(value) };
  return { key: overrideKey(order), value: JSON.stringify({ ...value, effect: order.effect }) };
}

/** Orders by their keys, as one; but which models serve and which may not, which is no restraint and has no end. */
export function controlOf(records: Iterable<ControlRecord>): Control {
  let killSwitch: Order | null = null;
  const overrides: GovernorOverride[] = [];
  for (const { kind, order } of records) {
    if (kind === 'kill-switch') killSwitch = order;
    else if (kind === 'override') overrides.push(order);
  }
  return { killSwitch, overrides };
}
