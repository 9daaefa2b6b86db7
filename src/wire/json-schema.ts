import { z } from 'zod';

/** A JSON Schema, as plain JSON. */
export type JsonSchema = { [member: string]: unknown };

/**
 * The JSON Schema of what a producer may send: members that the schema does not know are allowed. Schemas with an id of their own
 * become definitions.
 */
export function toJsonSchema(schema: z.ZodType, target: 'draft-2020-12' | 'draft-7'): JsonSchema {
  const { '~standard': _, ...json } = z.toJSONSchema(schema, { io: 'input', target });
  return json;
}
