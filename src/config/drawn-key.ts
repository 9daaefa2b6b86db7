/**
 * Whether a key in hex digits looks drawn, and not made up: those that people make up repeat themselves, count, or spell words. Of keys
 * that are drawn, fewer than one in a million looks otherwise.
 */

/** Different digits of a key that is drawn. */
const digitsMin = 7;
/** Parts of the steps from one number to the next that are as the step before, where the numbers are drawn: of bytes, and of digits. */
const byteStepsAlikeMax = 1 / 4;
const digitStepsAlikeMax = 2 / 5;

/** @param key 32 or 64 hex digits */
export function looksDrawn(key: string): boolean {
  const digits = key.toLowerCase();
  const bytes = [...Buffer.from(digits, 'hex')];
  const hasFewDigits = new Set(digits).size < digitsMin;
  const counts =
    alikeSteps(bytes, 256) > byteStepsAlikeMax ||
    alikeSteps(
      Array.from(digits, (digit) => Number.parseInt(digit, 16)),
      16,
    ) > digitStepsAlikeMax;
  return !hasFewDigits && !repeats(digits) && !counts && !digits.includes('0123456789') && !spells(bytes);
}

/** Of the steps from each number to the next, the part that is as the one before: all, where somebody counts, also by sixteens or back. */
function alikeSteps(numbers: readonly number[], modulus: number): number {
  const steps = numbers.slice(1).map((number, at) => (number - numbers[at]! + modulus) % modulus);
  const alike = steps.filter((step, at) => step === steps[at - 1]).length;
  return alike / (steps.length - 1);
}

function repeats(digits: string): boolean {
  for (let length = 1; length < digits.length; length *= 2)
    if (digits.slice(0, length).repeat(digits.length / length) === digits) return true;
  return false;
}

/** Whether it is a text that somebody turned into digits: printable ASCII, all of it. */
function spells(bytes: readonly number[]): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte <= 0x7e);
}
