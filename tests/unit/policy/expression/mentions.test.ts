import { describe, expect, it } from 'vitest';
import { createRuleEnvironment } from '../../../../src/policy/expression/environment.ts';
import { mentionsOf } from '../../../../src/policy/expression/mentions.ts';
import { requirementsOf } from '../../../../src/policy/expression/requirements.ts';
import { features } from '../policies.ts';

const { cel } = createRuleEnvironment(features);

describe('the names of an expression', () => {
  it.each<[string, string[], string[]]>([
    ['form_ms > 1 && share < form_ms', ['form_ms', 'share', 'form_ms'], []],
    ['has(event.data.email) ? share > 1 : nope', ['share', 'nope'], ['data.email']],
    ['event.data.link_domains.exists(d, d == event.type && form_ms > 1)', ['form_ms'], ['data.link_domains', 'type']],
    ['cel.bind(x, share, x > 1)', ['cel', 'share'], []],
    ['form_ms in [share, 1] && {"a": share}["a"] > 1', ['form_ms', 'share', 'share'], []],
    ['event["data"].context.ip == ""', [], ['data.context.ip']],
  ])('%s', (source, variables, members) => {
    const mentions = mentionsOf(cel.parse(source).ast);
    expect(mentions.variables.map(({ name }) => name)).toEqual(variables);
    expect(mentions.members.map(({ path }) => path.join('.'))).toEqual(members);
  });

  it('tell a call in a list function from one outside', () => {
    const { calls } = mentionsOf(cel.parse('[1].all(x, size([x]) > 0) && size([2]) > 0').ast);
    expect(calls.map(({ name, inListMacro }) => [name, inListMacro])).toEqual([
      ['all', false],
      ['size', true],
      ['size', false],
    ]);
  });
});

describe('what an expression cannot be answered without', () => {
  it.each<[string, string[], string[]]>([
    ['form_ms in [share, 1]', ['form_ms', 'share'], []],
    ['!(form_ms in [1])', ['form_ms'], []],
    ['event.data.email.startsWith(event.source)', [], ['data.email', 'source']],
    ['(form_ms > 1 ? share : 1.0) > 0.5', ['form_ms'], []],
    ['form_ms in [1] || share in [1]', [], []],
    ['has(event.data.email)', [], []],
    ['known(form_ms)', [], []],
    ['size(event.data.link_domains) > 1', [], ['data.link_domains']],
    ['event.data.link_domains.exists(d, form_ms > 1)', [], ['data.link_domains']],
    ['cel.bind(x, share, x > 1)', [], []],
  ])('%s', (source, names, members) => {
    const required = requirementsOf(cel.parse(source).ast);
    expect(required.features).toEqual(names);
    expect(required.members.map((path) => path.join('.'))).toEqual(members);
  });
});
