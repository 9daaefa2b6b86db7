import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../../src/domain/event.ts';
import { limits } from '../../../src/domain/limits.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import type { PolicyFault } from '../../../src/policy/policy-fault.ts';
import { documentOf, features, policyOf, rowOf, ruleOf } from './policies.ts';

function faultsOf(document: string | Uint8Array): readonly PolicyFault[] {
  const loaded = loadPolicy(typeof document === 'string' ? Buffer.from(document) : document, features);
  return loaded.ok ? [] : loaded.failure;
}

/** Takes the mark `@` out of a document, and says where it stood. */
function unmark(marked: string): { document: string; line: number; column: number } {
  const before = marked.slice(0, marked.indexOf('@'));
  const line = before.split('\n').length;
  return { document: marked.replace('@', ''), line, column: before.length - before.lastIndexOf('\n') };
}

/** The place and the words of a fault, as far as a test states them. */
function faultLike(line: number, column: number, message: string, remedy: string): unknown {
  return { line, column, message: expect.stringContaining(message), remedy: expect.stringContaining(remedy) };
}

const sound = documentOf(ruleOf({}));
/** The sound document with one of its parts replaced. */
const having = (part: string, replacement: string): string => sound.replace(part, () => replacement);

describe('a sound policy', () => {
  const policy = policyOf(
    ruleOf({ id: 'a', version: 3, on: ['account.signup'], mode: 'shadow', action: 'block' }),
    ruleOf({ id: 'b', when: 'form_ms < 1' }),
  );

  it('keeps version, thresholds and standing times', () => {
    expect(policy.version).toBe('7');
    expect(policy.thresholds).toEqual({ challenge: 0.5, review: 0.8, block: 0.95 });
    expect(policy.standingMs).toEqual({ challenge: 3_600_000, review: 86_400_000, block: Infinity });
  });

  it('is named by the hash of its bytes', () => {
    const loaded = loadPolicy(Buffer.from(sound), features);
    if (!loaded.ok) throw new Error('was refused');
    expect(loaded.value.sha256).toBe(createHash('sha256').update(sound).digest('hex'));
  });

  it('keeps its rules in order, enforced unless said otherwise', () => {
    expect(policy.rules.map(({ id, version, mode, action }) => [id, version, mode, action])).toEqual([
      ['a', 3, 'shadow', 'block'],
      ['b', 1, 'enforce', 'review'],
    ]);
  });

  it('tries a rule on the types that it names, or on every scored type', () => {
    const tried = eventTypes.map((type) => [type, policy.rulesByType[type].map(({ id }) => id).join()]);
    expect(Object.fromEntries(tried)).toEqual({
      'account.signup': 'a,b',
      'account.login': 'b',
      'account.verified': 'b',
      'account.profile_updated': 'b',
      'social.request_sent': 'b',
      'social.request_answered': 'b',
      'content.created': 'b',
      'account.reported': 'b',
      'account.labelled': '',
      'account.erasure_requested': '',
      'account.hold_placed': '',
      'account.hold_lifted': '',
      'account.group_verdict': '',
      'account.listed': '',
    });
  });

  it('may have no rules', () => {
    expect(policyOf().rules).toEqual([]);
  });

  it('may begin with a byte order mark', () => {
    expect(faultsOf(`\uFEFF${sound}`)).toEqual([]);
  });

  it('lets a shadow rule try another action for the same condition', () => {
    expect(policyOf(ruleOf({ id: 'a' }), ruleOf({ id: 'b', action: 'block', mode: 'shadow' })).rules).toHaveLength(2);
  });

  it('lets the same condition ask for different actions on different events', () => {
    const rules = [
      ruleOf({ id: 'a', on: ['account.login'] }),
      ruleOf({ id: 'b', on: ['account.signup'], action: 'block' }),
    ];
    expect(policyOf(...rules).rules).toHaveLength(2);
  });
});

describe('the reason of a rule', () => {
  it('has a code, a sentence, and the first known feature of the sentence', () => {
    const [rule] = policyOf(ruleOf({ id: 'slow-form', reason: '{share}: {form_ms} ms' })).rules;
    expect(rule!.reasonFor(rowOf({ form_ms: 20 }), 0)).toEqual({
      code: 'SLOW_FORM',
      text: 'unknown: 20 ms',
      feature: 'form_ms',
      value: 20,
    });
  });

  it('names the first feature of the condition where the sentence names none', () => {
    const [rule] = policyOf(ruleOf({ when: 'share > 1 || form_ms < 3' })).rules;
    expect(rule!.reasonFor(rowOf({ form_ms: 2 }), 0)).toMatchObject({ feature: 'form_ms', value: 2 });
  });

  it('names no feature where none is known', () => {
    const [rule] = policyOf(ruleOf({ when: '!known(share)' })).rules;
    expect(rule!.reasonFor(rowOf({}), 0)).toEqual({ code: 'RULE', text: 'A reason' });
  });
});

/** One fault each: the document with its place marked, what is said of it, and what to do. */
const oneFault: readonly (readonly [marked: string, message: string, remedy: string])[] = [
  [having('"7"', '@7'), 'version cannot be 7', 'in quotes'],
  [having('"7"', '@""'), 'version is empty', 'in quotes'],
  [having('"7"', '@"7 "'), 'version cannot be', 'spaces around'],
  [having('"7"', '@"7\u200b"'), 'version cannot be', 'what nobody sees'],
  [having('"7"', '@"7\\n8"'), 'version cannot be', 'what nobody sees'],
  [having('0.5,', '@0,'), 'thresholds.challenge is 0, too small', 'above 0'],
  [having('0.95', '@1.5'), 'thresholds.block is 1.5, above 1', 'at most 1'],
  [having('0.95', '@.nan'), 'thresholds.block cannot be', 'a probability'],
  [having('0.8', '@0.5'), 'review (0.5) is not above that of challenge (0.5)', 'rise'],
  [having('0.95', '@0.7'), 'block (0.7) is not above that of review (0.8)', 'rise'],
  [having('{ challenge: 0.5,', '@{'), 'thresholds.challenge is missing', 'a probability'],
  [having('24h', '@1 day'), 'standing.review cannot be "1 day"', 'such as 24h'],
  [having('forever', 'forever, @allow: 1h'), 'The key "allow" is not known here', 'challenge, review and block'],
  [
    having('standing:', '@standng:').replace('version', 'standing: { challenge: 1h, review: 1h, block: 1h }\nversion'),
    'The key "standng"',
    'standing',
  ],
  [having('"rule"', '@"Rule 1"'), 'rules[0].id cannot be "Rule 1"', 'small letters'],
  [having('"version":1', '"version":@1.5'), 'rules[0].version cannot be 1.5', 'whole number'],
  [having('"version":1', '"version":@0'), 'rules[0].version is 0, too small', 'from 1'],
  [having('"review"', '@"ban"'), 'rules[0].then cannot be "ban"', 'challenge, review, block'],
  [having('"review"', '@"allow"'), 'allow would never change an outcome', 'challenge, review, block'],
  [having('"A reason"', '"A reason","mode":@"trial"'), 'rules[0].mode cannot be "trial"', 'shadow'],
  [having('"A reason"', '"A reason",@"when_not":1'), 'The key "when_not" is not known', 'id, version, when'],
  [having('"A reason"', '@""'), 'rules[0].reason is empty', 'sentence'],
  [having('"A reason"', '"from {@email}"'), 'email is not a feature', 'features only'],
  [having(',"reason":"A reason"', '').replace('- {', '- @{'), 'rules[0].reason is missing', 'sentence'],
  [having('"A reason"', '"A reason","on":@[]'), 'rules[0].on is empty', 'account.signup'],
  [having('"A reason"', '"A reason","on":[@"account.created"]'), 'rules[0].on[0] cannot be', 'account.signup'],
  [having('"A reason"', '"A reason","on":[@"account.labelled"]'), 'is never scored', 'account.signup'],
  [having('form_ms < 4000', 'form_ms < 4000 && @shares > 1'), 'shares is not a feature', 'share?'],
  [having('form_ms < 4000', '@form_ms'), 'gives a double', 'Compare'],
  [having('form_ms < 4000', 'form_ms < 4000 && @share < \\"x\\"'), 'The types do not fit', 'numbers with numbers'],
  [
    having('"form_ms < 4000"', `'@event.data.kind == "post"', "on": [account.signup, account.login]`),
    'has data.kind',
    'account.signup, account.login',
  ],
];

describe('a document is refused', () => {
  it.each([
    ['@', 'missing', 'A policy has version'],
    ['@just text', 'The document cannot be', 'A policy has version'],
    ['version: "7"\n@  x: 1', 'fits nothing above', 'equally'],
    ['rules:\n  - when: @a ? b : c: d', 'second colon', 'quotes'],
    ['version: "7"\n@version: "8"', 'stands twice', 'Keep one'],
    ['version: "7"\n@\trules: []', 'indented with a tab', 'spaces'],
    ['@[a, b]: c', 'The key is not a text', 'one word'],
    ['a: &x 1\nb: @*x', 'An alias is not allowed', 'Write the value out'],
    ['a: @!!js/function x', 'tag is not known', 'quotes'],
    ['a: @`x`', 'a sign that YAML reserves', 'quotes'],
    [`${sound}\n@---\na: 1`, 'second document', 'Remove'],
  ])('as YAML: %j', (marked, message, remedy) => {
    const { document, line } = unmark(marked);
    // The parser says in its own way where in the line, and may tell more that follows from it.
    expect(faultsOf(document)[0]).toEqual({
      ...(faultLike(line, 0, message, remedy) as object),
      column: expect.any(Number),
    });
  });

  it.each(oneFault.map(([marked, message, remedy]) => [message, marked, remedy] as const))(
    'in one place: %s',
    (message, marked, remedy) => {
      const { document, line, column } = unmark(marked);
      expect(faultsOf(document)).toEqual([faultLike(line, column, message, remedy)]);
    },
  );

  it.each([
    [
      'taken ids',
      { id: 'a' },
      { id: '@a', when: 'share > 1' },
      'The id a is taken by the rule in line 5',
      'of its own',
    ],
    [
      'contradictions',
      { id: 'a' },
      { id: 'b', when: '4000 > form_ms', action: '@block' },
      'contradicts the rule in line 5',
      'shadow',
    ],
    [
      'contradictions on some of the events',
      { id: 'a', on: ['account.signup', 'account.login'] },
      { id: 'b', on: ['account.login', 'account.verified'], action: '@block' },
      'contradicts the rule in line 5',
      'shadow',
    ],
    ['repetitions', { id: 'a' }, { id: 'b', when: '@4000 > form_ms' }, 'repeats the rule in line 5', 'Keep one'],
  ])('for %s', (_what, first, second, message, remedy) => {
    // A value stands where its quotes begin.
    const { document, line, column } = unmark(documentOf(ruleOf(first), ruleOf(second)).replace('"@', '@"'));
    expect(faultsOf(document)).toEqual([faultLike(line, column, message, remedy)]);
  });

  it('with every fault at once, in the order of the document', () => {
    const document = [
      'version: 7',
      'thresholds: { challenge: 0.9, review: 0.8, block: 2 }',
      'standing: { challenge: 1h, review: soon }',
      'rules:',
      '  - id: Bad',
      '    version: 1',
      '    when: >-',
      '      form_ms < 4000 &&',
      '      nope > 1 && neither > 2',
      '    then: allow',
      '    reason: "{nope}"',
      '  - when: share >',
      '    then: block',
    ].join('\n');
    expect(faultsOf(document).map(({ line, column }) => `${line}:${column}`)).toEqual([
      '1:10',
      '2:39',
      '2:51',
      '3:11',
      '3:36',
      '5:9',
      '9:7',
      '9:19',
      '10:11',
      '11:15',
      '12:5',
      '12:5',
      '12:5',
      '12:18',
    ]);
  });

  it('beyond the limits', () => {
    const rules = Array.from({ length: limits.rulesMax + 1 }, (_, index) =>
      ruleOf({ id: `r${index}`, when: `form_ms < ${index}` }),
    );
    expect(faultsOf(documentOf(...rules.slice(1)))).toEqual([]);
    expect(faultsOf(documentOf(...rules))).toMatchObject([{ line: 5, message: 'rules is too long.' }]);
    const padding = '#'.repeat(limits.policyBytesMax - Buffer.byteLength(sound) - 1);
    expect(faultsOf(`${sound}\n${padding}`)).toEqual([]);
    expect(faultsOf(`${sound}\n${padding}#`)).toMatchObject([{ line: 1, column: 1 }]);
    const condition = `form_ms < 1 ${' '.repeat(limits.ruleExpressionLengthMax)}`;
    expect(faultsOf(documentOf(ruleOf({ when: condition })))[0]!.message).toContain('longer than');
  });

  it('when it is not UTF-8', () => {
    expect(faultsOf(Uint8Array.of(0xff, 0xfe, 0x00))).toMatchObject([{ message: 'The document is not UTF-8.' }]);
  });

  it('when it is nested too deep to be read', () => {
    expect(faultsOf('['.repeat(20_000))).toMatchObject([{ line: 1, message: 'The document is nested too deep.' }]);
  });
});
