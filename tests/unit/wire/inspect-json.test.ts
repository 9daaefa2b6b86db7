import { describe, expect, it } from 'vitest';
import { inspectJson } from '../../../src/wire/inspect-json.ts';

function inspect(text: string): string | undefined {
  const fault = inspectJson(text, JSON.parse(text), '$', 0);
  return fault && `${fault.code} ${fault.path}`;
}

describe('inspectJson', () => {
  it('names members of the contract in a path, and no others', () => {
    const text = String.raw`{"data":{"context":{"someone@example.org":[0,{"ip":"\ud800"}]}}}`;
    expect(inspect(text)).toBe('EVENT_LONE_SURROGATE $.data.context.*[1].ip');
  });

  it('does not name a key that is itself at fault', () => {
    expect(inspect(String.raw`{"data":{"\udfff":0}}`)).toBe('EVENT_LONE_SURROGATE $.data.*');
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
    ['both by turns', '[{"a":', '}]'],
  ])('allows 16 levels of %s and refuses 17', (_, open, close) => {
    const perTurn = open.length > 1 && open.startsWith('[') ? 2 : 1;
    const nested = (levels: number): string => {
      const turns = Math.floor(levels / perTurn);
      const rest = levels % perTurn === 0 ? '1' : '[]';
      return open.repeat(turns) + rest + close.repeat(turns);
    };
    expect(inspect(nested(16))).toBeUndefined();
    expect(inspect(nested(17))).toMatch(/^EVENT_TOO_DEEP /);
  });

  it.each([
    ['many objects side by side', `[${Array(100).fill('{}').join()}]`],
    ['brackets inside strings', JSON.stringify('[{'.repeat(100))],
    ['escapes of harmless characters', String.raw`{"a\u0020":"\u00e9\u0416\n\u0000"}`],
    ['whole pairs', String.raw`{"\ud83d\ude00":"\uD83D\uDE00"}`],
    ['__proto__ as a value', '["__proto__"]'],
    ['keys that are longer than __proto__', '{"__proto__x":1,"x__proto__":2}'],
  ])('finds no fault in %s', (_, text) => {
    expect(inspect(text)).toBeUndefined();
  });
});
