import { describe, expect, it } from 'vitest';
import type { ListLookup } from '../../../../src/domain/listed.ts';
import { createExpressionCompiler } from '../../../../src/policy/expression/compile.ts';
import { eventOf, features, rowOf, signup } from '../policies.ts';

const compiler = createExpressionCompiler(features);
const withIp = eventOf('account.signup', { status: 'succeeded', context: { ip: '95.56.234.10' } });

function holds(source: string, event: typeof signup, lists?: ListLookup): boolean {
  const compiled = compiler.compile(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.failure));
  return compiled.value.holds(event, rowOf({ form_ms: 100 }), 0, lists);
}

function faultsOf(source: string, lists?: ReadonlySet<string>): readonly string[] {
  const compiled = createExpressionCompiler(features, lists).compile(source);
  return compiled.ok ? [] : compiled.failure.map(({ message, remedy }) => `${message} ${remedy}`);
}

describe('listed()', () => {
  it('asks the list for the member by the types that can name it', () => {
    const asked: unknown[] = [];
    const lists: ListLookup = (list, types) => {
      asked.push([list, types]);
      return list === 'partners';
    };
    expect(holds('listed("partners", event.data.context.ip)', withIp, lists)).toBe(true);
    expect(holds('form_ms < 4000 && !listed("partners", event.data.context.ip)', withIp, lists)).toBe(false);
    expect(holds('listed("others", event.subject) || form_ms < 4000', withIp, lists)).toBe(true);
    expect(asked).toEqual([
      ['partners', ['ip', 'cidr', 'asn']],
      ['partners', ['ip', 'cidr', 'asn']],
      ['others', ['account']],
    ]);
  });

  it('finds nobody where there are no lists, also after an event for which there were some', () => {
    expect(holds('listed("partners", event.data.context.ip)', withIp, () => true)).toBe(true);
    expect(holds('listed("partners", event.data.context.ip)', withIp)).toBe(false);
  });

  it('is missing where the member is: neither on the list nor off it', () => {
    expect(holds('listed("partners", event.data.context.ip)', signup, () => true)).toBe(false);
    expect(holds('!listed("partners", event.data.context.ip)', signup, () => false)).toBe(false);
    expect(holds('!listed("partners", event.data.context.ip) || form_ms < 4000', signup, () => false)).toBe(true);
  });

  it.each([
    'listed("partners", form_ms)',
    'listed("partners", event.data.context.locale)',
    'listed("partners", "95.56.234.10")',
    'listed(event.type, event.data.context.ip)',
    'listed("My Partners", event.data.context.ip)',
  ])('may ask for nothing else: %s', (source) => {
    expect(faultsOf(source).join()).toMatch(/listed\(\) asks for the name of a list.*event\.data\.context\.ip/);
  });

  it('names a list that is there, where it is known which are', () => {
    const lists = new Set(['partners', 'burnt']);
    expect(faultsOf('listed("partners", event.subject)', lists)).toEqual([]);
    expect(faultsOf('listed("partner", event.subject)')).toEqual([]);
    expect(faultsOf('listed("partner", event.subject)', lists).join()).toMatch(
      /There is no list partner\. Use one that has entries: partners, burnt\. Did you mean partners\?/,
    );
  });
});
