import { limits } from '../domain/limits.ts';
import { decisionSchema, type WireDecision } from './decision-schema.ts';

/** With other characters in the place of what is no UTF-8, an account's id would be that of another. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** What a decision turned out to be: one, or what is wrong with it, which cites nothing of what was received. */
export type DecisionReading =
  | { readonly ok: true; readonly decision: WireDecision }
  | { readonly ok: false; readonly message: string; readonly path?: string };

/** A decision of a topic, with its text as it travelled, which has members that this version does not know. */
export function decodeDecision(
  value: Uint8Array | null,
): (DecisionReading & { readonly ok: false }) | (DecisionReading & { readonly ok: true; readonly text: string }) {
  if (value === null) return { ok: false, message: 'The record has no value.' };
  const tooLarge = tooLargeAt(value.length);
  if (tooLarge) return tooLarge;
  let text: string;
  try {
    text = decoder.decode(value);
  } catch {
    return { ok: false, message: 'The value is not UTF-8.' };
  }
  const reading = parse(text);
  return reading.ok ? { ...reading, text } : reading;
}

function tooLargeAt(bytes: number): (DecisionReading & { readonly ok: false }) | null {
  const { decisionBytesMax } = limits;
  if (bytes <= decisionBytesMax) return null;
  return { ok: false, message: `The value has ${bytes} bytes; at most ${decisionBytesMax} are allowed.` };
}

/** A decision of its text. */
export function parseDecision(text: string): DecisionReading {
  return tooLargeAt(Buffer.byteLength(text)) ?? parse(text);
}

function parse(text: string): DecisionReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, message: 'It is not JSON.' };
  }
  return readDecision(json);
}

/** A decision of its JSON, less members that this version does not know. */
export function readDecision(json: unknown): DecisionReading {
  const { success, data, error } = decisionSchema.safeParse(json);
  if (success) return { ok: true, decision: data };
  const issue = error.issues[0]!;
  return { ok: false, message: issue.message, path: `$.${issue.path.join('.')}` };
}
