import { describe, expect, it } from 'vitest';
import { sumOfMetric } from '../../../load-tests/load/processors.ts';

const text = `# HELP a_bytes Bytes.
# TYPE a_bytes gauge
a_bytes 12
a_bytes_more{kind="x"} 7
b_total{kind="x y"} 3
b_total{kind="}"} 4.5
`;

describe('the sum of a metric', () => {
  it('is of all its series, and of no other metric whose name begins alike', () => {
    expect(sumOfMetric(text, 'a_bytes')).toBe(12);
    expect(sumOfMetric(text, 'b_total')).toBe(7.5);
  });

  it('is unknown where there is none', () => {
    expect(sumOfMetric(text, 'a')).toBeNull();
    expect(sumOfMetric('', 'a')).toBeNull();
  });
});
