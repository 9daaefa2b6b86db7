import type { z } from 'zod';
import { eventTypes } from '../domain/event.ts';
import { faultsMax, inDocumentOrder, type PolicyFault } from './policy-fault.ts';
import { expectedAt } from './policy-schema.ts';
import type { DocumentPath, PolicyDocument } from './policy-document.ts';

type Issue = z.core.$ZodIssue;

/** What the schema found, with its places and in words for someone who does not program. */
export function shapeFaults(issues: readonly Issue[], document: PolicyDocument): PolicyFault[] {
  return inDocumentOrder(issues.slice(0, faultsMax).flatMap((issue) => faultsOf(issue, document)));
}

function faultsOf(issue: Issue, document: PolicyDocument): PolicyFault[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, faultsMax).map((key) => ({
      ...document.placeOfKey(path, key),
      message: `The key ${quote(key)} is not known here.`,
      remedy: expectedAt(path),
    }));
  }
  return [{ ...document.placeOf(path), message: messageOf(issue, path, document), remedy: expectedAt(path) }];
}

function messageOf(issue: Issue, path: DocumentPath, document: PolicyDocument): string {
  const name = path.length === 0 ? 'The document' : describePath(path);
  const value = valueAt(document.content, path);
  if (value === undefined || value === null) return `${name} is missing.`;
  if (path.at(-1) === 'then' && value === 'allow') {
    return 'A rule cannot allow: the strongest action wins, so allow would never change an outcome.';
  }
  if (path.at(-2) === 'on' && eventTypes.some((type) => type === value)) {
    return `${quote(value)} is never scored, so the rule could not fire on it.`;
  }
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'number' ? `${name} is ${quote(value)}, above ${issue.maximum}.` : `${name} is too long.`;
    case 'too_small':
      return issue.origin === 'number' ? `${name} is ${quote(value)}, too small.` : `${name} is empty.`;
    default:
      return typeof value === 'object' ? `${name} has the wrong form.` : `${name} cannot be ${quote(value)}.`;
  }
}

function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

/** `rules[2].then`, counted from 0; line and column say the same to a person. */
function describePath(path: DocumentPath): string {
  return path.map((part, depth) => (typeof part === 'number' ? `[${part}]` : depth === 0 ? part : `.${part}`)).join('');
}

function valueAt(content: unknown, path: DocumentPath): unknown {
  let value = content;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return value;
}
