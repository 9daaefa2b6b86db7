import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import {
  exampleDecision,
  exampleDeployment,
  exampleEvents,
  exampleManifest,
  exampleNorms,
} from '../../../src/wire/examples.ts';
import { publishedFiles } from '../../../src/wire/publish.ts';
import { signupWith } from './records.ts';

const folder = new URL('../../../src/wire/published/', import.meta.url);
const files = publishedFiles();

function compile(name: string): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(files.get(name)!) as object);
}

describe('the published folder', () => {
  it('holds what is generated, and nothing else', () => {
    expect(readdirSync(folder).toSorted()).toEqual([...files.keys()].toSorted());
  });

  it.each([...files])('has %s as it is generated (else: npm run generate)', (name, content) => {
    expect(readFileSync(new URL(name, folder), 'utf8')).toBe(content);
  });
});

describe('event.schema.json', () => {
  const isEvent = compile('event.schema.json');

  const { 'account.group_verdict': ownExample, ...platformExamples } = exampleEvents;

  it.each(Object.entries(platformExamples))('accepts the example of %s', (_type, example) => {
    expect(isEvent(example)).toBe(true);
  });

  it('leaves out what Winnow tells itself, which has a schema of its own', () => {
    expect(isEvent(ownExample)).toBe(false);
    expect(compile('group-verdict.schema.json')(ownExample)).toBe(true);
  });

  it('accepts members that it does not know', () => {
    expect(isEvent(signupWith({ traceparent: '00' }, { plan: 'free' }, { battery: 1 }))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a missing member', signupWith({ id: undefined })],
    ['an unknown type', signupWith({ type: 'account.deleted' })],
    ['data of another type', { ...exampleEvents['account.login'], type: 'account.verified' }],
    ['null for an optional member', signupWith({}, { email: null })],
    ['a time without a zone', signupWith({ time: '2026-11-24T04:36:51' })],
    ['an impossible date', signupWith({ time: '2026-02-30T04:36:51Z' })],
    ['a fraction of a millisecond', signupWith({}, { form_ms: 0.5 })],
    ['an over-long string', signupWith({}, {}, { user_agent: 'x'.repeat(1_025) })],
  ])('refuses %s', (_, value) => {
    expect(isEvent(JSON.parse(JSON.stringify(value)))).toBe(false);
  });
});

describe('the other schemas', () => {
  it.each<[string, object]>([
    ['decision.schema.json', exampleDecision],
    ['bundle-manifest.schema.json', exampleManifest],
    ['deployment.schema.json', exampleDeployment],
    ['norms.schema.json', exampleNorms],
  ])('%s accepts its example and refuses an empty object', (name, example) => {
    const isValid = compile(name);
    expect(isValid(example)).toBe(true);
    expect(isValid({})).toBe(false);
  });
});
