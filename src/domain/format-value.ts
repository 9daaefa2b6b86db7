/** A feature's value as a person reads it: whole numbers as they are, others with three digits, `unknown` for missing. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'unknown';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(3)));
}
