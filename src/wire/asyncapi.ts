import type { z } from 'zod';
import type { EventType } from '../domain/event.ts';
import { eventTypes, isLabelEvent, isScored } from '../domain/event.ts';
import { failureCatalogue } from '../domain/failure-catalogue.ts';
import { limits } from '../domain/limits.ts';
import { topicRows, type TopicRow } from '../domain/topics.ts';
import { deploymentSchema } from './bundle-schema.ts';
import { controlSchema, withdrawalSchema } from './control-schema.ts';
import { decisionSchema } from './decision-schema.ts';
import { deadLetterHeaders, type shrunkHeaders } from './dead-letter.ts';
import { erasedSchema } from './erased-schema.ts';
import { eventSchemas } from './event-schema.ts';
import {
  exampleControl,
  exampleOrderedDeployment,
  exampleWithdrawal,
  exampleDeadLetter,
  exampleDecision,
  exampleErased,
  exampleEvents,
  exampleListEntry,
} from './examples.ts';
import type { JsonSchema } from './json-schema.ts';
import { toJsonSchema } from './json-schema.ts';
import { listEntrySchema } from './list-schema.ts';

/** Version of the contract: a change that a reader or a writer must follow raises the first number. */
const contractVersion = '1.0.0';

const accountIdKey = {
  kafka: { key: { type: 'string', description: 'The account id, as in subject.' }, bindingVersion: '0.5.0' },
};

/** Of a dead letter that its topic does not take whole. */
const shrunkDescriptions: Record<(typeof shrunkHeaders)[number], JsonSchema> = {
  'value-bytes': {
    type: 'string',
    pattern: String.raw`^\d+$`,
    description: 'Bytes of the value, of which this is the head.',
  },
  'value-sha256': { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the whole value.' },
  'key-bytes': {
    type: 'string',
    pattern: String.raw`^\d+$`,
    description: 'Bytes of the key, of which this is the head.',
  },
  'key-sha256': { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the whole key.' },
  'headers-dropped': { type: 'string', pattern: String.raw`^\d+$`, description: 'Received headers that are not here.' },
};

const headerDescriptions: Record<(typeof deadLetterHeaders)[number], JsonSchema> = {
  'error-code': {
    type: 'string',
    enum: Object.keys(failureCatalogue).filter((code) => code.startsWith('EVENT_')),
    description: 'Why the record is no event.',
  },
  'error-message': {
    type: 'string',
    maxLength: limits.headerLengthMax,
    description: 'The same in words, for a person.',
  },
  'error-path': {
    type: 'string',
    maxLength: limits.headerLengthMax,
    description:
      'JSON path of the fault in the structured form; $ for the whole, a star for a key outside the contract.',
  },
  'source-topic': { type: 'string', description: 'Topic that the record was read from.' },
  'source-partition': { type: 'string', pattern: String.raw`^\d+$`, description: 'Its partition.' },
  'source-offset': { type: 'string', pattern: String.raw`^\d+$`, description: 'Its offset.' },
  'failed-at': { type: 'string', format: 'date-time', description: 'When it was refused.' },
};

/** The topics and what travels on them: AsyncAPI 3, https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Winnow',
      version: contractVersion,
      description:
        'Detects fake accounts in a stream of signups and activity. Topic names are the defaults; they, partitions and client ' +
        'settings are configuration. Lengths of strings are counted in Unicode code points. An optional member ' +
        'that is not as its schema says is cut or taken as missing, and the event is decided all the same; null is taken for absent.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: channels(),
    operations: operations(),
    components: { messages: messages(), schemas: schemas() },
  };
}

function channels(): object {
  const modes =
    `CloudEvents 1.0, JSON, at most ${limits.eventBytesMax} bytes. Structured mode is canonical; binary mode (ce_ headers, ` +
    'the value is data) is accepted too.';
  return Object.fromEntries(
    topicRows.map(([, { name, direction, carries, parties, isCompacted }]) => [
      channelOf(name),
      {
        address: name,
        description: direction !== 'out' && isCompacted !== true ? `${parties} ${modes}` : parties,
        messages: references(carried[carries]),
      },
    ]),
  );
}

function operations(): object {
  return Object.fromEntries(
    topicRows.flatMap(([role, { name, direction, summary }]) =>
      actionsOf[direction].map((action) => [
        `${action}${role[0]!.toUpperCase()}${role.slice(1)}`,
        operation(action, channelOf(name), summary),
      ]),
    ),
  );
}

const actionsOf = { in: ['receive'], out: ['send'], both: ['send', 'receive'] } as const;

/** `account-events` is the channel `accountEvents`. */
function channelOf(topic: string): string {
  return topic.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

const carried: Readonly<Record<TopicRow['carries'], readonly string[]>> = {
  events: eventTypes.filter(isScored).map(idOf),
  labels: eventTypes.filter(isLabelEvent).map(idOf),
  lists: ['ListEntry'],
  control: ['Control', 'Deployment', 'Withdrawal'],
  verdicts: [idOf('account.group_verdict')],
  decisions: ['Decision'],
  deadLetters: ['DeadLetter'],
  audit: ['Erased'],
};

function messages(): object {
  const events = eventTypes.map((type) => [idOf(type), message(eventSchemas[type], type, exampleEvents[type])]);
  return {
    ...Object.fromEntries(events),
    ListEntry: {
      ...message(listEntrySchema, 'list-entry', exampleListEntry),
      contentType: 'application/json',
      bindings: {
        kafka: {
          key: { type: 'string', description: 'list, type and keyed hash of the value, with | between.' },
          bindingVersion: '0.5.0',
        },
      },
    },
    Control: {
      ...message(controlSchema, 'control', exampleControl),
      contentType: 'application/json',
      bindings: {
        kafka: {
          key: { type: 'string', description: 'kill-switch, or governor, a cause and a segment with | between.' },
          bindingVersion: '0.5.0',
        },
      },
    },
    Withdrawal: {
      ...message(withdrawalSchema, 'withdrawal', exampleWithdrawal),
      contentType: 'application/json',
      bindings: {
        kafka: {
          key: { type: 'string', description: 'withdrawn, the name and the version of a bundle with | between.' },
          bindingVersion: '0.5.0',
        },
      },
    },
    Deployment: {
      ...message(deploymentSchema, 'deployment', exampleOrderedDeployment),
      contentType: 'application/json',
      bindings: {
        kafka: { key: { type: 'string', description: 'deployment.' }, bindingVersion: '0.5.0' },
      },
    },
    Decision: message(decisionSchema, 'account.decision', exampleDecision),
    Erased: {
      ...message(erasedSchema, 'account.erased', exampleErased),
      bindings: { kafka: { key: { type: 'string', description: 'The id, as in id.' }, bindingVersion: '0.5.0' } },
    },
    DeadLetter: {
      name: 'dead-letter',
      summary:
        'A record that is no event: key, value and headers as received, with headers that say why. Where the topic does not ' +
        'take it whole: its head, with headers that say what the whole was.',
      contentType: 'application/octet-stream',
      headers: { $ref: '#/components/schemas/DeadLetterHeaders' },
      payload: { $ref: '#/components/schemas/DeadLetterValue' },
      bindings: { kafka: { key: { description: 'As received.' }, bindingVersion: '0.5.0' } },
      examples: [exampleDeadLetter],
    },
  };
}

function message(schema: z.ZodType, name: string, example: object): object {
  const { id, description } = schema.meta() ?? {};
  return {
    name,
    summary: description,
    payload: { $ref: `#/components/schemas/${id}` },
    bindings: accountIdKey,
    examples: [{ payload: example }],
  };
}

/**
 * AsyncAPI's own schema object is a superset of JSON Schema draft 7, but definitions have another place. Each schema here has an
 * id, and so is a definition itself.
 */
function schemas(): Record<string, unknown> {
  const components: Record<string, unknown> = {
    DeadLetterHeaders: {
      type: 'object',
      required: deadLetterHeaders,
      properties: { ...headerDescriptions, ...shrunkDescriptions },
    },
    DeadLetterValue: { description: 'The bytes as received, unchanged; or their head, where value-bytes says so.' },
  };
  const all = [listEntrySchema, controlSchema, withdrawalSchema, deploymentSchema, decisionSchema, erasedSchema];
  for (const schema of [...Object.values(eventSchemas), ...all]) {
    Object.assign(components, toJsonSchema(schema, 'draft-7')['definitions']);
  }
  const text = JSON.stringify(components).replaceAll('"#/definitions/', '"#/components/schemas/');
  return JSON.parse(text) as Record<string, unknown>;
}

function operation(action: 'receive' | 'send', channel: string, summary: string): object {
  return { action, channel: { $ref: `#/channels/${channel}` }, summary };
}

function references(names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

function idOf(type: EventType): string {
  return String(eventSchemas[type].meta()?.id);
}
