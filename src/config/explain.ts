import type { z } from 'zod';

import { isServiceAddress } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import { quoteName } from './fault.ts';
import type { Relation } from './relations.ts';
import type { Config } from './schema.ts';
import type { SettingNotes } from './setting.ts';
import { sectionPaths, settingAt, settings } from './settings.ts';
import type { Setting } from './settings.ts';
import { mostSimilar } from '../domain/similar.ts';
import { isTree, valueAt } from './tree.ts';
import type { Tree, TreePath } from './tree.ts';

/** Says where a value came from. */
export type Sources = (path: TreePath) => string;

/** A fault, and the part of the tree to leave out so that the rest can be looked at. */
export interface LocatedFault extends ConfigFault {
  readonly at: TreePath;
}

/** What zod refused, in our words: zod's would not say what to do, and quote what may be secret. */
export function explainIssue(issue: z.core.$ZodIssue, tree: Tree, sources: Sources): LocatedFault[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], sources));
  for (let length = path.length; length > 0; length--) {
    const setting = settingAt(path.slice(0, length).join('.'));
    if (setting !== undefined) return [wrongValue(setting, path, tree, sources)];
  }
  return [
    {
      at: path,
      path: path.join('.'),
      source: sources(path),
      problem: `must be a section with settings in it, but is ${kindOf(valueAt(tree, path))}`,
      remedy: 'Write the settings below it, indented.',
    },
  ];
}

/** What a broken relation comes to, with the values and the places of all that take part. */
export function explainRelation(relation: Relation, config: Config, sources: Sources): ConfigFault {
  const [first, ...others] = relation.between;
  const values = [
    `it is ${shown(settingAt(first)!, config)}`,
    ...others.map((path) => `${path} is ${shown(settingAt(path)!, config)} (${sources(path.split('.'))})`),
  ];
  return {
    path: first,
    source: sources(first.split('.')),
    problem: `${relation.problem}: ${values.join(', ')}`,
    remedy: relation.remedy,
  };
}

/** A setting that is required here and has no value. */
export function explainMissing(setting: Setting): ConfigFault {
  const asFile = setting.notes.kind === 'secret' ? `, ${setting.variable}_FILE` : '';
  return {
    path: setting.path,
    source: 'not set',
    problem: `must be ${setting.notes.expected}`,
    remedy: `Set ${setting.variable}${asFile} or ${setting.path} in the file. ${setting.notes.remedy}`,
  };
}

function wrongValue(setting: Setting, path: TreePath, tree: Tree, sources: Sources): LocatedFault {
  const { notes } = setting;
  const at = setting.path.split('.');
  const whole = valueAt(tree, at);
  const index = path[at.length];
  const value: unknown = index !== undefined && Array.isArray(whole) ? whole[Number(index)] : whole;
  return {
    at,
    path: index === undefined ? setting.path : `${setting.path}[${index}]`,
    source: sources(path),
    problem: `must be ${(index !== undefined && notes.expectedEntry) || notes.expected}, but is ${actual(value, notes)}`,
    remedy: remedyFor(value, notes),
  };
}

/** The number itself only where a number belongs; anything else may be a secret in the wrong place. */
function actual(value: unknown, notes: SettingNotes): string {
  if (typeof value === 'number' && notes.kind === 'integer') return String(value);
  if (typeof value === 'string' && notes.kind !== 'integer' && notes.kind !== 'flag')
    return value === value.trim() ? 'another text' : 'a text that begins or ends with a blank';
  if (Array.isArray(value) && notes.kind === 'list') return 'another list';
  return kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (isTree(value)) return 'a mapping';
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? typeof value;
}

function remedyFor(value: unknown, notes: SettingNotes): string {
  if (value === null) return 'Give a value or remove the line; a text that begins with # or & needs quotes.';
  if (notes.kind === 'integer' && typeof value === 'number') return 'Choose a number within these bounds.';
  if (isServiceAddress(value)) {
    return 'Kubernetes sets this variable for a Service of that name: set enableServiceLinks to false in the pod.';
  }
  const wantsText = notes.kind !== 'integer' && notes.kind !== 'flag';
  if (wantsText && (typeof value === 'number' || typeof value === 'boolean')) return 'Put it in quotes.';
  const similar = typeof value === 'string' && notes.words ? mostSimilar(value, notes.words) : undefined;
  return similar === undefined ? notes.remedy : `Did you mean ${similar}?`;
}

function unknownKey(at: TreePath, sources: Sources): LocatedFault {
  return {
    at,
    path: at.map(quoteName).join('.'),
    source: sources(at),
    problem: 'is no setting',
    remedy: meantBy(at),
  };
}

function meantBy(at: TreePath): string {
  const key = at.at(-1)!;
  const parent = at.slice(0, -1).join('.');
  const names = [...settings.map((setting): string => setting.path), ...sectionPaths];
  const siblings = names.filter((name) => name.slice(0, Math.max(0, name.lastIndexOf('.'))) === parent);
  const similar = mostSimilar(
    key,
    siblings.map((name) => name.slice(name.lastIndexOf('.') + 1)),
  );
  if (similar !== undefined) return `Did you mean ${[...at.slice(0, -1), similar].join('.')}?`;
  // A setting of another section, or a path written with dots instead of indentation.
  const elsewhere = names.find((name) => name === key || name.endsWith(`.${key}`));
  if (elsewhere !== undefined) return `Did you mean ${elsewhere}, below its section?`;
  return 'Remove it; the reference lists every setting.';
}

function shown(setting: Setting, config: Config): string {
  const value = valueAt(config, setting.path.split('.'));
  if (value === undefined) return 'not set';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length === 0) return 'empty';
  return setting.notes.kind === 'choice' && typeof value === 'string' ? value : 'set';
}
