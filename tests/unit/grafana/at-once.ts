/**
 * A query as it is asked in a test that lasts seconds: variables for all processes, windows and offsets of seconds, comparisons that
 * answer 0 or 1 instead of dropping what does not hold, and what is there instead of what is absent. So an answer without samples means
 * that a name, a label or a match is wrong, whatever the values are.
 */
export function atOnce(expression: string, windowS: number): string {
  return expression
    .replaceAll(/\$(?:job|instance)\b/g, '.*')
    .replaceAll(/absent_over_time\((\w+)\[[^\]]+\]\)/g, '$1')
    .replaceAll(/\[[^\]]+\]/g, `[${windowS}s]`)
    .replaceAll(/offset \w+/g, 'offset 2s')
    .replaceAll(/absent\((.*?)\)/g, '$1')
    .replaceAll(/\bunless\b/g, 'and')
    .replaceAll(/ (>|<|==) /g, ' $1 bool ');
}
