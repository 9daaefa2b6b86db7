import type { IncomingRecord } from '../../../src/ports.ts';
import { headersOf } from '../../headers.ts';
import { exampleEvents } from '../../../src/wire/examples.ts';

/** A clock a little after the examples' times. */
export const nowMs = Date.UTC(2026, 10, 26);

export const signup = exampleEvents['account.signup'];

export function record(value: Uint8Array | null, headers: Parameters<typeof headersOf>[0] = {}): IncomingRecord {
  return { offset: 81_231, key: Buffer.from('acc_8f3k2'), value, headers: headersOf(headers), timestampMs: nowMs };
}

export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** The example signup, with members of the envelope, of data and of the context replaced. */
export function signupWith(envelope: object, data: object = {}, context: object = {}): object {
  return {
    ...signup,
    data: { ...signup.data, context: { ...signup.data.context, ...context }, ...data },
    ...envelope,
  };
}

/** As `ce_*` headers and value: the binary mode of an event. */
export function binary(event: Readonly<Record<string, unknown>>): IncomingRecord {
  return record(json(event['data']), binaryHeaders(event));
}

export function binaryHeaders(event: Readonly<Record<string, unknown>>): Record<string, Uint8Array | string> {
  const { data: _data, ...attributes } = event;
  const headers = Object.entries(attributes).map(
    ([name, value]) => [`ce_${name}`, Buffer.from(String(value))] as const,
  );
  return { 'content-type': 'application/json', ...Object.fromEntries(headers) };
}
