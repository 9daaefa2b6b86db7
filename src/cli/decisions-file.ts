import { readTextLines } from '../adapters/file/text-lines.ts';
import { FailureError } from '../domain/failure.ts';
import type { SampledDecision } from '../evaluation/estimates/sampled-accounts.ts';
import type { WireDecision } from '../wire/decision-schema.ts';
import { parseDecision } from '../wire/decode-decision.ts';

/** The decisions of a file, a line each, as `winnow run` and `replay` write them. Throws `FailureError` `INPUT_UNREADABLE` with the line. */
export async function* decisionsOf(path: string): AsyncGenerator<WireDecision> {
  let number = 0;
  for await (const line of readTextLines(path)) {
    number++;
    if (line.trim() !== '') yield decisionIn(line, `${path}:${number}`);
  }
}

function decisionIn(text: string, path: string): WireDecision {
  const read = parseDecision(text);
  if (read.ok) return read.decision;
  const at = read.path === undefined ? '' : ` (${read.path})`;
  throw new FailureError({ code: 'INPUT_UNREADABLE', message: `it is no decision: ${read.message}${at}`, path });
}

/** What estimates read of it. */
export function sampledDecision({ subject, time, data }: WireDecision): SampledDecision {
  const { mode, action, score, cause, model, rules, matched = [], sample } = data;
  return {
    subject,
    timeMs: Date.parse(time),
    mode,
    action,
    isByPerson: cause.kind === 'label' || cause.kind === 'operator' || cause.kind === 'erasure',
    score,
    model: `${model.name} ${model.version}`,
    rules: [
      ...rules.map(({ id }) => ({ id, isShadow: false })),
      ...matched.map(({ id, shadow }) => ({ id, isShadow: shadow === true })),
    ],
    sample: sample && {
      kind: sample.kind,
      probability: sample.probability,
      ...(sample.of_any === undefined ? {} : { ofAny: sample.of_any }),
    },
  };
}
