import { z } from 'zod';
import { overrideEffects, type Control, type GovernorOverride, type Order } from '../domain/control.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { identifier, time } from './primitives.ts';
import { parseTime } from './time.ts';

/**
 * The schema of record for what people order: the value of a record of the control topic. Its key says what is controlled:
 * `kill-switch`, or `governor`, a cause and a segment with `|` between. Members that are not known are ignored.
 */

/** Characters of a reason. */
const reasonLengthMax = 512;

export const killSwitchKey = 'kill-switch';

/** What a cause and a segment may be called: `rule:bulk-signup`, `model:starter`; `all`, `KZ`, `mail-free`. */
export const causePattern = /^(rule|model|list|group):[^|\n]{1,200}$/;
export const segmentPattern = /^[A-Za-z][A-Za-z-]{0,63}$/;

export const controlSchema = z
  .object({
    author: identifier.describe('Who ordered it.'),
    reason: z.string().min(1).max(reasonLengthMax).describe('Why, in a sentence.'),
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

/** What one record of the control topic orders. */
export type ControlRecord =
  | { readonly kind: 'kill-switch'; readonly order: Order }
  | { readonly kind: 'override'; readonly order: GovernorOverride };

export function overrideKey({ cause, segment }: Pick<GovernorOverride, 'cause' | 'segment'>): string {
  return `governor|${cause}|${segment}`;
}

/** Reads a record; undefined for a key of something else, which is for others to read. */
export function decodeControl(key: string, value: Uint8Array): Result<ControlRecord> | undefined {
  const [what, cause = '', segment = '', ...rest] = key.split('|');
  const isOverride = what === 'governor';
  if (key !== killSwitchKey && !isOverride) return undefined;
  if (isOverride && (!causePattern.test(cause) || !segmentPattern.test(segment) || rest.length > 0))
    return failed('CONTROL_INVALID', 'The key is not governor, a cause and a segment with | between.', key);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
  } catch {
    return failed('CONTROL_INVALID', 'The value is not JSON in UTF-8.', key);
  }
  const parsed = controlSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return failed('CONTROL_INVALID', `${issue.path.join('.') || 'The value'}: ${issue.message}`, key);
  }
  const { author, reason, until, effect } = parsed.data;
  const order = { author, reason, untilMs: parseTime(until) };
  if (!isOverride) return success({ kind: 'kill-switch', order });
  if (effect === undefined) return failed('CONTROL_INVALID', 'An override says its effect.', key);
  return success({ kind: 'override', order: { ...order, cause, segment, effect } });
}

/** The record of an order. */
export function encodeControl({ kind, order }: ControlRecord): { readonly key: string; readonly value: string } {
  const { author, reason, untilMs } = order;
  const value = { author, reason, until: new Date(untilMs).toISOString() };
  if (kind === 'kill-switch') return { key: killSwitchKey, value: JSON.stringify(value) };
  return { key: overrideKey(order), value: JSON.stringify({ ...value, effect: order.effect }) };
}

/** Orders by their keys, as one. */
export function controlOf(records: Iterable<ControlRecord>): Control {
  let killSwitch: Order | null = null;
  const overrides: GovernorOverride[] = [];
  for (const { kind, order } of records) {
    if (kind === 'kill-switch') killSwitch = order;
    else overrides.push(order);
  }
  return { killSwitch, overrides };
}
