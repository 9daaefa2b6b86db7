import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, ErrorCode, Node } from 'yaml';

import type { ConfigFault } from './fault.ts';
import { isTree } from './tree.ts';
import type { Tree, TreePath } from './tree.ts';

/** Bytes of a configuration file; whoever reads it keeps to this. */
export const configFileBytesMax = 256 * 1024;

/** The file, read by the caller. */
export interface ConfigFile {
  /** As it is to be named in messages. */
  readonly name: string;
  readonly text: string;
}

export interface ConfigDocument {
  /** What the file says, unchecked. Empty when it is not YAML. */
  readonly values: Tree;
  readonly faults: readonly ConfigFault[];
  /** `file:line:column` of the key or list entry, or of the nearest thing around it. */
  locate(path: TreePath): string;
}

/** Reads YAML 1.2. Its own messages quote the text, which may be a secret, so each is said anew here. */
export function readDocument(file: ConfigFile): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file.name}:${line}:${col}`;
  };
  const refused = (faults: readonly ConfigFault[]): ConfigDocument => ({ values: {}, faults, locate: () => file.name });

  const errors = [...document.errors, ...document.warnings, ...unresolvedAliases(document)];
  if (errors.length > 0) return refused(errors.map(({ code, pos }) => syntaxFault(code, place(pos[0]))));

  let values: unknown;
  try {
    values = document.toJS({ maxAliasCount: 100 });
  } catch {
    return refused([{ path: '', source: file.name, problem: 'has too many aliases', remedy: 'Write the values out.' }]);
  }
  if (values !== null && !isTree(values)) {
    return refused([
      { path: '', source: file.name, problem: 'is not a mapping', remedy: 'Begin with a section such as kafka:' },
    ]);
  }
  const locate = (path: TreePath): string => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const key of path) {
      const step = stepInto(isAlias(node) ? node.resolve(document) : node, key);
      if (step === undefined) break;
      node = step.value;
      offset = step.offset;
    }
    return place(offset);
  };
  return { values: values ?? {}, faults: [], locate };
}

function stepInto(node: unknown, key: string): { value: unknown; offset: number } | undefined {
  if (isMap<Node>(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    return pair && { value: pair.value, offset: pair.key.range?.[0] ?? 0 };
  }
  if (isSeq<Node>(node)) {
    const entry = node.items[Number(key)];
    return entry && { value: entry, offset: entry.range?.[0] ?? 0 };
  }
  return undefined;
}

/** yaml finds these only when it resolves them, one at a time and without a place. */
function unresolvedAliases(document: Document.Parsed): { code: ErrorCode; pos: readonly [number] }[] {
  const found: { code: ErrorCode; pos: readonly [number] }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) found.push({ code: 'BAD_ALIAS', pos: [alias.range?.[0] ?? 0] });
    },
  });
  return found;
}

function syntaxFault(code: ErrorCode, source: string): ConfigFault {
  const [problem, remedy] = syntaxSentences[code] ?? ['is not YAML here', `Mend the line (${code}).`];
  return { path: '', source, problem, remedy };
}

const quoteIt = 'A text that begins with a sign such as * & ! % @ ` needs quotes around it.';

const syntaxSentences: Partial<Record<ErrorCode, readonly [problem: string, remedy: string]>> = {
  BAD_ALIAS: ['refers to an anchor that is not there', quoteIt],
  BAD_DQ_ESCAPE: ['has an unknown escape in double quotes', 'Write \\\\ for a backslash, or use single quotes.'],
  BAD_INDENT: ['does not fit what is above', 'Indent the settings of one section equally, and close brackets.'],
  BAD_SCALAR_START: ['begins with a sign that is reserved', quoteIt],
  DUPLICATE_KEY: ['repeats a key', 'Keep one of the two.'],
  MULTIPLE_DOCS: ['begins a second document', 'Remove the line ---.'],
  NON_STRING_KEY: ['has a key that is no text', 'Write the name of a setting.'],
  TAB_AS_INDENT: ['is indented with a tab', 'Indent with spaces.'],
  TAG_RESOLVE_FAILED: ['has an unknown tag', quoteIt],
};
