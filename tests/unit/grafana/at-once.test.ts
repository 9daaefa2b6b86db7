import { describe, expect, it } from 'vitest';
import { atOnce } from './at-once.ts';
import { alertQueries, dashboardQueries } from './queries.ts';

describe('atOnce', () => {
  it.each([
    ['a variable', 'up{job=~"$job",instance=~"$instance"}', 'up{job=~".*",instance=~".*"}'],
    ['the window of a panel', 'rate(up[$__rate_interval])', 'rate(up[5s])'],
    ['the window of a rule', 'rate(up[10m])', 'rate(up[5s])'],
    ['an offset', 'up offset 10m', 'up offset 2s'],
    ['a comparison', 'a > b and c == 0', 'a > bool b and c == bool 0'],
    ['absence', 'absent(up)', 'up'],
    ['absence for a time', 'absent_over_time(up[1d])', 'up'],
    ['a lack', 'a unless on (job) b', 'a and on (job) b'],
  ])('replaces %s', (_case, expression, replaced) => {
    expect(atOnce(expression, 5)).toBe(replaced);
  });

  it.each([...dashboardQueries, ...alertQueries])('leaves no variable in $place', ({ expression }) => {
    expect(atOnce(expression, 5)).not.toContain('$');
  });
});
