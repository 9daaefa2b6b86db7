import type { z } from 'zod';
import { asyncApiDocument } from './asyncapi.ts';
import { deploymentSchema, manifestSchema } from './bundle-schema.ts';
import { controlSchema, withdrawalSchema } from './control-schema.ts';
import { decisionSchema } from './decision-schema.ts';
import { erasedSchema } from './erased-schema.ts';
import { eventSchemas, platformEventSchema } from './event-schema.ts';
import {
  exampleControl,
  exampleDecision,
  exampleDeployment,
  exampleErased,
  exampleEvents,
  exampleListEntry,
  exampleManifest,
  exampleNorms,
  exampleWithdrawal,
} from './examples.ts';
import { toJsonSchema } from './json-schema.ts';
import { listEntrySchema } from './list-schema.ts';
import { normsSchema } from './norms-schema.ts';

/**
 * The contract as other teams read it: name and content of each file of `src/wire/published/`, generated from the schemas of
 * record. A test compares the folder with this.
 */
export function publishedFiles(): ReadonlyMap<string, string> {
  const { 'account.group_verdict': verdictExample, ...eventExamples } = exampleEvents;
  const documents: Record<string, object> = {
    'event.schema.json': schemaFile('event', 'Winnow event', platformEventSchema, Object.values(eventExamples)),
    'group-verdict.schema.json': schemaFile(
      'group-verdict',
      'Winnow verdict of a group',
      eventSchemas['account.group_verdict'],
      [verdictExample],
    ),
    'decision.schema.json': schemaFile('decision', 'Winnow decision', decisionSchema, [exampleDecision]),
    'bundle-manifest.schema.json': schemaFile('bundle-manifest', 'Winnow model bundle', manifestSchema, [
      exampleManifest,
    ]),
    'deployment.schema.json': schemaFile('deployment', 'Winnow deployment', deploymentSchema, [exampleDeployment]),
    'list-entry.schema.json': schemaFile('list-entry', 'Winnow list entry', listEntrySchema, [exampleListEntry]),
    'control.schema.json': schemaFile('control', 'Winnow control', controlSchema, [exampleControl]),
    'withdrawal.schema.json': schemaFile('withdrawal', 'Winnow withdrawal of a canary', withdrawalSchema, [
      exampleWithdrawal,
    ]),
    'erased.schema.json': schemaFile('erased', 'Winnow confirmation of an erasure', erasedSchema, [exampleErased]),
    'norms.schema.json': schemaFile('norms', 'Winnow norms', normsSchema, [exampleNorms]),
    'asyncapi.json': asyncApiDocument(),
  };
  return new Map(Object.entries(documents).map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]));
}

function schemaFile(name: string, title: string, schema: z.ZodType, examples: readonly unknown[]): object {
  const { $schema, ...rest } = toJsonSchema(schema, 'draft-2020-12');
  return { $schema, $id: `urn:winnow:schema:${name}`, title, ...rest, examples };
}
