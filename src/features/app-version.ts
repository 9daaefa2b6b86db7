const versionForm = /^v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?/;
const partMax = 9_999;

/**
 * A version such as `11.2.0` as one number that grows with it: its first three parts, 10,000 for each step of the one before,
 * so that 11.2.0 is 1,100,020,000. What follows (a fourth part, `-beta`) does not count; a part above 9,999 counts as 9,999.
 * NaN when the text does not begin with a number.
 */
export function appVersionNumber(text: string): number {
  const parts = versionForm.exec(text);
  if (parts === null) return NaN;
  return (partOf(parts[1]) * 10_000 + partOf(parts[2])) * 10_000 + partOf(parts[3]);
}

function partOf(text: string | undefined): number {
  return text === undefined ? 0 : Math.min(partMax, Number(text));
}
