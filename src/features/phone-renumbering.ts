/**
 * Plans that countries have changed while people kept the number: both forms are one line. National notices of changes to the
 * numbering plan are published with the ITU's Operational Bulletin; the year stands with each.
 */
interface Renumbering {
  /** Of the former form, in E.164. */
  readonly former: RegExp;
  readonly replacement: string;
}

const renumberings: readonly Renumbering[] = [
  // Mexico, 2019: no 1 before mobile numbers any more.
  { former: /^\+521(\d{10})$/, replacement: '+52$1' },
  // Brazil, 2012 to 2016: a 9 before the eight digits of mobile numbers.
  { former: /^\+55([1-9]\d)([6-9]\d{7})$/, replacement: '+55$19$2' },
  // Côte d'Ivoire, 2021: the operator's prefix before the eight digits of mobile numbers.
  { former: /^\+225([04-9][0-3]\d{6})$/, replacement: '+22501$1' },
  { former: /^\+225([04-9][4-6]\d{6})$/, replacement: '+22505$1' },
  { former: /^\+225([04-9][7-9]\d{6})$/, replacement: '+22507$1' },
  // Viet Nam, 2018: mobile numbers of eleven digits became ten.
  // prettier-ignore
  ...Object.entries({
    120: 70, 121: 79, 122: 77, 126: 76, 128: 78,
    123: 83, 124: 84, 125: 85, 127: 81, 129: 82,
    162: 32, 163: 33, 164: 34, 165: 35, 166: 36, 167: 37, 168: 38, 169: 39,
    186: 56, 188: 58, 199: 59,
  }).map(([from, to]) => ({ former: new RegExp(`^\\+84${from}(\\d{7})$`), replacement: `+84${to}$1` })),
];

const changedCountries = /^\+(?:52|55|84|225)/;

/** The present form of a number in E.164; the number itself where its plan did not change. */
export function renumbered(number: string): string {
  if (!changedCountries.test(number)) return number;
  for (const { former, replacement } of renumberings) {
    if (former.test(number)) return number.replace(former, replacement);
  }
  return number;
}
