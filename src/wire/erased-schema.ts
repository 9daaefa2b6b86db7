import { z } from 'zod';
import { identifier, time } from './primitives.ts';

/**
 * The schema of record for what is written once an account was forgotten: CloudEvents 1.0, JSON, type `account.erased`. It names nobody.
 */

const count = z.int().min(0);

export const erasedSchema = z
  .object({
    specversion: z.literal('1.0'),
    type: z.literal('account.erased'),
    source: z.literal('winnow'),
    id: identifier.describe(
      'erased_ and the first 32 hex digits of the SHA-256 of the request: its source and its id, each after its length in UTF-16 units and a colon, then its type, a blank and its time in milliseconds since the epoch.',
    ),
    time: time.describe('When it was done.'),
    data: z.object({
      requested: time.describe('When it was asked for.'),
      due: time.describe('From when on it could be done: the request, or the end of the last hold that outranked it.'),
      forgotten: z
        .object({
          decisions: count.describe('Decisions whose content was destroyed; what a report of the day counts is left.'),
          words: count.describe('What people had said of the account.'),
          exports: count.describe('Exports of evidence that do not say any more whom they were about.'),
          list_entries: count.describe('Entries of lists about the account.'),
        })
        .describe('What the archive had. A second request about the same account finds nothing left.'),
    }),
  })
  .meta({ id: 'Erased', description: 'That an account was forgotten, and what that came to.' });

export type WireErased = z.output<typeof erasedSchema>;
