import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node, Scalar, YAMLError } from 'yaml';
import type { Result } from '../domain/failure.ts';
import { faultsMax, inDocumentOrder, type PolicyFault } from './policy-fault.ts';
import { offsetInSource } from './scalar-offset.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

export type DocumentPath = readonly (string | number)[];

/** A YAML document that still knows where each of its values stands. */
export interface PolicyDocument {
  /** What the document says, unchecked. */
  readonly content: unknown;
  /** Where a value begins; where the value is not there, the nearest one around it. */
  placeOf(path: DocumentPath): Place;
  /** Where a key of a mapping stands. */
  placeOfKey(path: DocumentPath, key: string): Place;
  /** Where a character of a text stands, in whichever of YAML's five styles the text is written. */
  placeWithin(path: DocumentPath, offset: number): Place;
}

/** Reads YAML 1.2. Aliases are refused: they hide where a value stands, and a few of them can fill a memory. */
export function readPolicyDocument(text: string): Result<PolicyDocument, PolicyFault[]> {
  const at = placesIn(text);
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const exhausted = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (exhausted !== undefined) return { ok: false, failure: [{ ...at(exhausted.pos[0]), ...tooDeep }] };
  const errors = [...document.errors, ...document.warnings];
  const faults = [
    // Once the parser has lost its way, every further token is unexpected, which tells nobody anything.
    ...errors
      .filter(({ code }, index) => index === 0 || code !== 'UNEXPECTED_TOKEN')
      .slice(0, faultsMax)
      .map((error) => syntaxFault(error, at(error.pos[0]))),
    ...aliasFaults(document, at),
  ];
  if (faults.length > 0) return { ok: false, failure: inDocumentOrder(faults) };
  return { ok: true, value: locate(document, document.toJS(), text, at) };
}

/** From an offset to a line and column. The parser's own counter forgets lines while it recovers from an error. */
function placesIn(text: string): (offset: number) => Place {
  const lineStarts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lineStarts.push(end + 1);
  return (offset) => {
    const within = Math.min(offset, text.length);
    const line = lineStarts.findLastIndex((start) => start <= within);
    return { line: line + 1, column: within - lineStarts[line]! + 1 };
  };
}

function locate(document: Document, content: unknown, text: string, at: (offset: number) => Place): PolicyDocument {
  const nodeAt = (path: DocumentPath): unknown => document.getIn(path, true);
  const startOf = (path: DocumentPath): number => {
    const start = isNode(nodeAt(path)) ? (nodeAt(path) as Node).range?.[0] : undefined;
    if (start !== undefined) return start;
    return path.length === 0 ? 0 : startOf(path.slice(0, -1));
  };
  return {
    content,
    placeOf: (path) => at(startOf(path)),
    placeOfKey: (path, key) => {
      const node = nodeAt(path);
      const pair = isMap<Node>(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      return at(pair?.key.range?.[0] ?? startOf(path));
    },
    placeWithin: (path, offset) => {
      const node = nodeAt(path);
      if (!isScalar(node) || typeof node.value !== 'string') return at(startOf(path));
      return at(offsetInSource(node as Scalar<string>, text, offset));
    },
  };
}

function isNode(value: unknown): boolean {
  return isScalar(value) || isMap(value) || isSeq(value);
}

function aliasFaults(document: Document, at: (offset: number) => Place): PolicyFault[] {
  const faults: PolicyFault[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      faults.push({
        ...at(alias.range?.[0] ?? 0),
        message: 'An alias is not allowed here.',
        remedy: 'Write the value out; a text that begins with * needs quotes.',
      });
      return faults.length < faultsMax ? undefined : visit.BREAK;
    },
  });
  return faults;
}

function syntaxFault(error: YAMLError, place: Place): PolicyFault {
  const [message, remedy] = sentences[error.code] ?? [`This is not YAML (${error.message}).`, 'Mend the line.'];
  return { ...place, message, remedy };
}

const tooDeep = { message: 'The document is nested too deep.', remedy: 'A policy has four levels.' } as const;
const quoteIt = 'Put the text in quotes, or write it as a block after >- on the next line.';

/** The usual slips of someone who writes a rule, in other words than the parser's. */
const sentences: Partial<Record<YAMLError['code'], readonly [message: string, remedy: string]>> = {
  BAD_INDENT: ['The line is indented in a way that fits nothing above it.', 'Indent the members of one rule equally.'],
  BAD_SCALAR_START: ['The text begins with a sign that YAML reserves.', quoteIt],
  BLOCK_AS_IMPLICIT_KEY: ['There is a second colon in the line, or a line that belongs further left.', quoteIt],
  DUPLICATE_KEY: ['The key stands twice in one mapping.', 'Keep one of the two.'],
  MULTIPLE_DOCS: ['A second document begins here.', 'Remove the line ---.'],
  UNEXPECTED_TOKEN: ['YAML does not expect this here.', quoteIt],
  NON_STRING_KEY: ['The key is not a text.', 'A key is one word, such as when.'],
  TAB_AS_INDENT: ['The line is indented with a tab.', 'Indent with spaces.'],
  TAG_RESOLVE_FAILED: ['The tag is not known.', 'Put a text that begins with ! in quotes.'],
};
