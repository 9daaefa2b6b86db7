/** One fault of a policy document. */
export interface PolicyFault {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly column: number;
  /** What is wrong there. A sentence. */
  readonly message: string;
  /** What to do about it. A sentence. */
  readonly remedy: string;
}

/**
 * The check of a document stops at this many: to place and word each of thousands would hold up whoever waits for it, and a
 * running processor's loop among them.
 */
export const faultsMax = 100;

/** More would not be read. That there are more is told. */
const faultsShownMax = 50;

/** One line per fault, `file:line:column: what is wrong. What to do.`, in the order of the document. */
export function describeFaults(file: string, faults: readonly PolicyFault[]): string {
  const lines = faults
    .slice(0, faultsShownMax)
    .map(({ line, column, message, remedy }) => `${file}:${line}:${column}: ${message} ${remedy}`);
  if (faults.length > faultsShownMax) {
    const atLeast = faults.length < faultsMax ? '' : 'at least ';
    lines.push(`${file}: and ${atLeast}${faults.length - faultsShownMax} more faults.`);
  }
  return lines.join('\n');
}

/** In the order of the document, at most `faultsMax`. */
export function inDocumentOrder(faults: readonly PolicyFault[]): PolicyFault[] {
  return faults
    .toSorted((first, second) => first.line - second.line || first.column - second.column)
    .slice(0, faultsMax);
}
