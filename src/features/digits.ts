const decimalDigit = /^\p{Nd}$/u;
const digits = /\p{Nd}/gu;
const beyondAscii = /[\u0080-\uffff]/;

/** The text with each decimal digit of any script (`٣`, `३`, `๓`) as the ASCII digit of its value. */
export function withAsciiDigits(text: string): string {
  return beyondAscii.test(text) ? text.replace(digits, asciiDigit) : text;
}

/** Unicode gives decimal digits out in runs of ten, the first of which is a zero. */
function asciiDigit(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x80) return character;
  let zero = code;
  while (code - zero < 9 && decimalDigit.test(String.fromCodePoint(zero - 1))) zero--;
  return String(code - zero);
}
