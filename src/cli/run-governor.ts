import { systemClock as clock } from '../adapters/system/clock.ts';
import type { OverrideEffect } from '../domain/control.ts';
import { FailureError } from '../domain/failure.ts';
import { causePattern, encodeControl, killSwitchKey, overrideKey, segmentPattern } from '../wire/control-schema.ts';
import { readControl, writeControl } from './control-log.ts';
import { loadConfigOf } from './load-config.ts';

/** The options of the commands that order something. */
export interface OrderOptions {
  readonly what: 'kill' | 'override' | 'withdraw';
  readonly author?: string;
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
  readonly cause?: string;
  readonly segment?: string;
  readonly effect?: OverrideEffect;
  readonly config?: string;
}

/** Writes one order, or takes one back. Throws `FailureError`. */
export async function runOrder(options: OrderOptions): Promise<void> {
  const config = loadConfigOf(options.config, process.env, []);
  const record = recordOf(options);
  const place = await writeControl(config, record.key, record.value);
  process.stdout.write(`${record.key}: ${record.value === null ? 'taken back' : 'ordered'}, in ${place}.\n`);
}

/** Prints what is ordered. Throws `FailureError`. */
export async function runStatus(configFile: string | undefined): Promise<void> {
  const orders = await readControl(loadConfigOf(configFile, process.env, []));
  if (orders.size === 0) process.stdout.write('Nothing is ordered.\n');
  for (const [key, { kind, order }] of orders) {
    if (kind === 'deployment') {
      const { champion, author, reason } = order;
      process.stdout.write(`${key}: ${champion.name} ${champion.version}, by ${author}: ${reason}\n`);
      continue;
    }
    if (kind === 'withdrawal') {
      const at = new Date(order.atMs).toISOString();
      process.stdout.write(`${key}: canary no more since ${at}, seen by ${order.author}: ${order.reason}\n`);
      continue;
    }
    const ends = new Date(order.untilMs).toISOString();
    const state = order.untilMs > clock.nowMs() ? `until ${ends}` : `over since ${ends}`;
    const effect = 'effect' in order ? ` ${order.effect}` : '';
    process.stdout.write(`${key}${effect}: ${state}, by ${order.author}: ${order.reason}\n`);
  }
}

function recordOf(options: OrderOptions): { readonly key: string; readonly value: string | null } {
  const { what, cause, segment = 'all', effect = 'release', author = '', reason = '', until = NaN } = options;
  if (cause !== undefined && !causePattern.test(cause))
    throw invalid(
      'A cause is rule:<id>, model:<name>, list:<name> or group:<kind>, as restrained_by of decisions has it.',
    );
  if (!segmentPattern.test(segment))
    throw invalid('A segment is a country, a kind of provider or of operator, or all.');
  if (what === 'withdraw')
    return { key: cause === undefined ? killSwitchKey : overrideKey({ cause, segment }), value: null };
  if (until <= clock.nowMs()) throw invalid('The end of the order has passed.');
  const order = { author, reason, untilMs: until };
  if (what === 'kill') return encodeControl({ kind: 'kill-switch', order });
  return encodeControl({ kind: 'override', order: { ...order, cause: cause!, segment, effect } });
}

function invalid(message: string): FailureError {
  return new FailureError({ code: 'CONTROL_INVALID', message });
}
