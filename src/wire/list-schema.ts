import { z } from 'zod';
import {
  lendableTypes,
  listKey,
  listKinds,
  listReasonLengthMax,
  readListKey,
  type ListEntry,
} from '../domain/list-entry.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { identifier, time } from './primitives.ts';
import { parseTime } from './time.ts';

/**
 * The schema of record for an entry of a list: the value of a record whose key is list, type and keyed hash, with `|` between. Members
 * that are not known are ignored. It never holds what is listed.
 */

export const listEntrySchema = z
  .object({
    kind: z
      .enum(listKinds)
      .describe('allow lets through, deny stops, watch changes nothing and asks people to look more often.'),
    reason: z.string().min(1).max(listReasonLengthMax).describe('Why, in a sentence, without personal data.'),
    author: identifier.describe('Who put it there.'),
    created: time.describe('When it was put there.'),
    expires: time
      .exactOptional()
      .describe(
        'From then on it counts no more. Needed to deny an ip, a cidr or an asn, which pass from one to another.',
      ),
    reference: identifier.exactOptional().describe('A ticket or a case.'),
    network: z
      .object({ version: z.union([z.literal(4), z.literal(6)]), length: z.int().min(1).max(64) })
      .refine(({ version, length }) => length <= (version === 4 ? 32 : 64), {
        error: 'Expected a length of at most 32 for version 4, and of 64 for version 6.',
      })
      .exactOptional()
      .describe('Of a cidr alone: how many bits of the address are hashed.'),
  })
  .meta({
    id: 'ListEntry',
    description: 'An entry of a list; its key is list, type and keyed hash of the value, with | between.',
  });

export type WireListEntry = z.output<typeof listEntrySchema>;

/** Reads a record of the topic of lists. */
export function decodeListEntry(key: string, value: Uint8Array): Result<ListEntry> {
  const named = readListKey(key);
  if (named === undefined)
    return failed('LIST_ENTRY_INVALID', 'The key is not list, type and 16 hexadecimal digits with | between.');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
  } catch {
    return failed('LIST_ENTRY_INVALID', 'The value is not JSON in UTF-8.', key);
  }
  const parsed = listEntrySchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return failed('LIST_ENTRY_INVALID', `${issue.path.join('.') || 'The value'}: ${issue.message}`, key);
  }
  const { kind, reason, author, created, expires, reference, network } = parsed.data;
  if ((network !== undefined) !== (named.type === 'cidr'))
    return failed('LIST_ENTRY_INVALID', 'network stands in an entry of type cidr, and in no other.', key);
  if (kind === 'deny' && expires === undefined && lendableTypes.has(named.type))
    return failed('LIST_ENTRY_INVALID', `To deny an entry of type ${named.type} it needs expires.`, key);
  return success({
    ...named,
    kind,
    reason,
    author,
    createdMs: parseTime(created),
    expiresMs: expires === undefined ? Infinity : parseTime(expires),
    ...(reference === undefined ? {} : { reference }),
    ...(network === undefined ? {} : { network }),
  });
}

/** The record of an entry. */
export function encodeListEntry(entry: ListEntry): { readonly key: string; readonly value: string } {
  const { kind, reason, author, createdMs, expiresMs, reference, network } = entry;
  const value: WireListEntry = {
    kind,
    reason,
    author,
    created: new Date(createdMs).toISOString(),
    ...(expiresMs === Infinity ? {} : { expires: new Date(expiresMs).toISOString() }),
    ...(reference === undefined ? {} : { reference }),
    ...(network === undefined ? {} : { network }),
  };
  return { key: listKey(entry), value: JSON.stringify(value) };
}
