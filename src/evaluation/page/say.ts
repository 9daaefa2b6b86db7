import type { Estimate } from '../estimates/share.ts';

/** How pages say numbers. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `97.3 %`; a dash for what cannot be said. */
export function share(value: number): string {
  if (Number.isNaN(value)) return '–';
  return `${percent(value, value > 0 && value < 0.01 ? 2 : 1)} %`;
}

/** A share of 0 to 1, in percent. What is not quite none or not quite all has as many digits more as show that, up to six. */
export function percent(value: number, digits: number): string {
  const text = (value * 100).toFixed(digits);
  const isRoundedToEnd = value > 0 && value < 1 && (Number(text) === 0 || Number(text) === 100);
  return isRoundedToEnd && digits < 6 ? percent(value, digits + 1) : text;
}

/** `97.3 %, 95.1 to 98.6`. */
export function estimate(one: Estimate): string {
  if (one.kind === 'not-enough-labels')
    return one.judged === 0 ? 'no labels' : `not enough labels (${count(one.found)} of ${count(one.judged)})`;
  return `${share(one.share)}, ${percent(one.low, 1)} to ${percent(one.high, 1)}`;
}

/** `2.5 hours`; a dash for what cannot be said. */
export function duration(valueMs: number): string {
  if (Number.isNaN(valueMs)) return '–';
  const size = Math.abs(valueMs);
  const [unit, name] =
    size >= 172_800_000
      ? [86_400_000, 'd']
      : size >= 5_400_000
        ? [3_600_000, 'h']
        : size >= 90_000
          ? [60_000, 'min']
          : [1_000, 's'];
  return `${Number((valueMs / unit).toFixed(1))} ${name}`;
}

const namesOfCountries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const namesOfLanguages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** What a part of a platform is called: `Kazakhstan` for the country `KZ`, `Kazakh` for the language `kk`; others as they are. */
export function partName(part: string, value: string): string {
  if (part === 'country' && /^[A-Z]{2}$/.test(value)) return namesOfCountries.of(value) ?? value;
  if (part === 'language' && /^[a-z]{2,3}$/.test(value)) return namesOfLanguages.of(value) ?? value;
  return value;
}

export function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
