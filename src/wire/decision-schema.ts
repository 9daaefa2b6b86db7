import { z } from 'zod';
import { actions, degradations, modelRoles, modes, sampleKinds } from '../domain/decision.ts';
import { decisionIdPattern, eventTypes, labelSources } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { entryHash, listKinds, listTypes } from '../domain/list-entry.ts';
import { identifier, sha256, text, time } from './primitives.ts';
import { traceparentPattern } from './trace-context.ts';

/**
 * The schema of record for decisions: CloudEvents 1.0, JSON, type `account.decision`. Readers must allow for members that are
 * not here yet.
 */

const decisionId = z.string().regex(decisionIdPattern, { error: 'Expected dec_ and 32 lower-case hex digits.' });

const reason = z
  .object({
    code: identifier.describe('Upper case; names the feature, the rule, or what a person said.'),
    text: text.describe('The reason in plain words for reviewers, without personal data.'),
    public_text: text.exactOptional().describe('The reason in words fit for the person concerned.'),
    dsa: z
      .object({ category: identifier, keyword: identifier })
      .exactOptional()
      .describe('Where it belongs in the transparency database of the DSA; absent where nothing is restricted.'),
    feature: identifier
      .exactOptional()
      .describe('A feature of the catalogue; absent where a rule spoke of members alone.'),
    value: z.number().exactOptional().describe('The value that the feature had, to 6 decimals; absent when not known.'),
    contribution: z.number().describe("This reason's share of all evidence for the action, to 4 decimals."),
  })
  .meta({ id: 'Reason', description: 'One reason of a decision.' });

const cause = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('event') }).describe('The event that trigger names.'),
    z
      .object({
        kind: z.literal('label'),
        event_id: identifier,
        by: z.enum(labelSources).exactOptional().describe('Where the label came from.'),
        decision: decisionId.exactOptional().describe('The decision that the label answers.'),
      })
      .describe('A label, by the id of its event.'),
    z
      .object({ kind: z.literal('list'), list: identifier, entry: identifier })
      .describe('An entry of a list, by the keyed hash that it is kept under.'),
    z
      .object({ kind: z.literal('group'), cohort: identifier, verdict: identifier })
      .describe('A group of accounts, and the verdict about it.'),
    z
      .object({ kind: z.literal('governor'), subject: identifier })
      .describe('What the governor held back or let go, such as rule:bulk-signup-from-device:KZ.'),
    z.object({ kind: z.literal('operator'), command: identifier }).describe('A command of a person, by its id.'),
    z
      .object({ kind: z.literal('erasure'), event_id: identifier })
      .describe('A request to forget, by the id of its event.'),
  ])
  .meta({
    id: 'Cause',
    description:
      'What caused the decision, with what identifies it. Kinds may be added. Whoever reads a topic of decisions goes on past one of a kind that it does not know, and says how many it passed.',
  });

const rule = { id: identifier, version: z.int().min(0) };

const trigger = z
  .object({
    event_id: identifier,
    type: z.enum(eventTypes),
    topic: identifier,
    partition: z.int().min(0),
    offset: z.string().regex(/^\d+$/).describe('A string, since a Kafka offset has 64 bits.'),
  })
  .meta({ id: 'Trigger', description: 'Where in Kafka the event stood that caused the decision.' });

export const decisionSchema = z
  .object({
    specversion: z.literal('1.0'),
    type: z.literal('account.decision'),
    source: z.literal('winnow'),
    id: decisionId.describe(
      'A function of cause, subject, models, norms, policy and mode: the same input again gives the same id.',
    ),
    subject: identifier.describe('The account id, which is the Kafka key too.'),
    time: time.describe('When it was decided.'),
    traceparent: z
      .string()
      .regex(traceparentPattern)
      .exactOptional()
      .describe(
        'Distributed tracing extension: as the event that caused it had it; absent where that had none. The hop to here is in the header traceparent.',
      ),
    data: z.object({
      action: z.enum(actions).describe('Weakest to strongest: allow, challenge, review, block.'),
      score: z
        .number()
        .min(0)
        .max(1)
        .nullable()
        .describe('Calibrated probability of fake, to 6 decimals; null where no model spoke.'),
      mode: z.enum(modes),
      cause,
      due: z.enum(actions).exactOptional().describe('What evidence asked for, where something restrained it.'),
      restrained_by: z
        .array(identifier)
        .min(1)
        .max(limits.restraintsMax)
        .exactOptional()
        .describe(
          'What restrained it: uncalibrated, drift, block-budget, protection, hold-out, one-group:…, group:…, kill-switch, governor:… (with :probation at its end where the cause is new), list:…, degraded.',
        ),
      reasons: z.array(reason).max(limits.reasonsMax).describe('Ordered by contribution, largest first.'),
      rules: z
        .array(z.object(rule))
        .max(limits.rulesMax)
        .describe('The rules that asked for the action: alone, or beside the score.'),
      matched: z
        .array(z.object({ ...rule, shadow: z.literal(true).exactOptional().describe('It is only watched.') }))
        .max(limits.rulesMax)
        .exactOptional()
        .describe('Other rules that fired, shadow ones among them; absent when there were none.'),
      trigger: trigger.exactOptional().describe('The event that caused it; absent where something else did.'),
      account: z
        .object({
          exists: z
            .boolean()
            .exactOptional()
            .describe(
              'False where all that happened is a signup that has not succeeded: nobody was restricted. Absent where people spoke of it, and nothing else tells.',
            ),
          created: time.exactOptional().describe('When the account was created; absent where that is not certain.'),
          reported: z
            .boolean()
            .exactOptional()
            .describe(
              'Whether somebody reported it, now or in the 7 days before; absent where history did not answer.',
            ),
        })
        .exactOptional()
        .describe('What was known of the account then; absent where neither an event nor a label caused the decision.'),
      listed: z
        .array(
          z.object({
            list: identifier,
            kind: z.enum(listKinds),
            type: z.enum(listTypes),
            entry: z.string().regex(entryHash).describe('The keyed hash that it is kept under.'),
          }),
        )
        .min(1)
        .max(limits.listedMax)
        .exactOptional()
        .describe('The entries of lists that held for the event, whatever came of them; absent when there were none.'),
      model: z.object({
        name: identifier,
        version: identifier,
        sha256: sha256.describe('Of model.onnx.'),
        role: z.enum(modelRoles),
      }),
      norms: z
        .object({ version: identifier, sha256: sha256.describe('Of the bytes of norms.json.') })
        .exactOptional()
        .describe('What was taken for usual on this platform.'),
      policy: z.object({ version: identifier, sha256: sha256.describe("Of the policy document's bytes.") }),
      supersedes: decisionId
        .exactOptional()
        .describe('The earlier decision of the same account that this one replaces.'),
      sample: z
        .object({
          kind: z
            .enum(sampleKinds)
            .describe(
              'audit: for people to look at, blindly. hold-out: it would have been blocked, and is let through.',
            ),
          probability: z.number().positive().max(1).describe('That the account came to belong to it.'),
          of_any: z
            .number()
            .positive()
            .max(1)
            .exactOptional()
            .describe('That it came to belong to any sample; absent where that is the same.'),
        })
        .exactOptional()
        .describe(
          'The account belongs to a random sample. Each of its scored events then has a decision, whether or not anything changes.',
        ),
      cohort: identifier
        .exactOptional()
        .describe(
          'The group that brought the account in, when the decision came from its group and not from its own event.',
        ),
      degraded: z
        .array(z.enum(degradations))
        .min(1)
        .exactOptional()
        .describe(
          'What was missing: store (history did not answer), model (no score), enrichment (reference data), repeat (the event came again, and history may know what came after it). Absent when nothing was. A degraded decision never blocks on the score, and lifts nothing that stands.',
        ),
    }),
  })
  .meta({ id: 'Decision', description: 'What to do about an account, and why.' });

/** A decision as it travels. */
export type WireDecision = z.output<typeof decisionSchema>;
