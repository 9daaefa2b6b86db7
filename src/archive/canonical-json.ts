/**
 * JSON in the one form that a value has (RFC 8785): members in the order of their UTF-16 units, no blanks, numbers as JavaScript writes them.
 * @param value as JSON has it: no undefined, no number that is not finite
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (isPlain(member) ? inOrder(member) : member));
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(value: object): object {
  return Object.fromEntries(
    Object.entries(value).toSorted(([first], [second]) => (first < second ? -1 : Number(first > second))),
  );
}
