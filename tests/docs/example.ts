import { featureNames } from '../../src/features/catalogue.ts';
import type { OutgoingRecord } from '../../src/ports.ts';
import { batchOf, cloudEvent, eventOf, policyOf, startMs } from '../unit/steps/events.ts';
import { valuesOf } from '../headers.ts';
import type { AccountEvent, EventDataByType } from '../../src/domain/event.ts';

/** What the chapters share: signups in words, and ways to look at what came of them. */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export { batchOf, cloudEvent, startMs };

/** Thresholds that stay as they are while those of the policy that ships follow its model; no rules. */
export const thresholdsOnly = policyOf();

export interface SignupTold {
  readonly account: string;
  readonly device?: string;
  /** After the first day's noon; milliseconds. */
  readonly afterMs?: number;
  readonly data?: Partial<EventDataByType['account.signup']>;
}

/** A signup that succeeded; its id is the account's name, so that the same words are the same event. */
export function signup({ account, device, afterMs = 0, data = {} }: SignupTold): AccountEvent {
  const context = device === undefined ? {} : { context: { device_id: device } };
  const envelope = { id: `signup-of-${account}`, subject: account, timeMs: startMs + afterMs };
  return eventOf('account.signup', { status: 'succeeded', ...context, ...data }, envelope);
}

/** The value of a feature in a row of the model's input. */
export function valueIn(row: Float32Array, feature: string): number {
  return row[featureNames.indexOf(feature)] ?? NaN;
}

/** The headers of a dead letter by name. */
export function headersOf({ headers }: OutgoingRecord) {
  return valuesOf(headers);
}
