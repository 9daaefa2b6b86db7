const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** Writes a double, bit by bit, into two words, as the machine has it in memory. Returns the next place. */
export function writeDouble(words: Uint32Array, at: number, value: number): number {
  double[0] = value;
  words[at] = halves[0]!;
  words[at + 1] = halves[1]!;
  return at + 2;
}

/** Reads what `writeDouble` wrote. */
export function readDouble(words: Uint32Array, at: number): number {
  halves[0] = words[at]!;
  halves[1] = words[at + 1]!;
  return double[0]!;
}
