import { describe, expect, it } from 'vitest';
import { combineTelemetry } from '../../src/telemetry.ts';
import { silentTelemetry, type Telemetry } from '../../src/telemetry.ts';

const methods = Object.keys(silentTelemetry) as (keyof Telemetry)[];

/** Writes down which method was told what. */
function recorder(name: string, told: unknown[]): Telemetry {
  return Object.fromEntries(
    methods.map((method) => [method, (...values: unknown[]) => void told.push([name, method, ...values])]),
  ) as unknown as Telemetry;
}

describe('combineTelemetry', () => {
  it.each(methods)('tells everyone of %s with all values, in order', (method) => {
    const told: unknown[] = [];
    const combined = combineTelemetry(recorder('first', told), recorder('second', told));
    (combined[method] as (...values: unknown[]) => void)('a', 'b', 3, 4);
    expect(told).toEqual([
      ['first', method, 'a', 'b', 3, 4],
      ['second', method, 'a', 'b', 3, 4],
    ]);
  });
});
