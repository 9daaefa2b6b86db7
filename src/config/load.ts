import assert from 'node:assert/strict';

import { success } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import { readDocument } from './document.ts';
import type { ConfigFile } from './document.ts';
import { readEnvironment } from './environment.ts';
import type { Environment, SecretFileReader } from './environment.ts';
import { explainIssue, explainMissing, explainRelation } from './explain.ts';
import type { LocatedFault, Sources } from './explain.ts';
import type { ConfigFault } from './fault.ts';
import { relations } from './relations.ts';
import { configSchema } from './schema.ts';
import type { Config, SettingPath } from './schema.ts';
import { sectionPaths, settingAt, settings } from './settings.ts';
import { removeAt, setValueAt, valueAt } from './tree.ts';
import type { Tree } from './tree.ts';

export interface ConfigSources {
  /** The YAML file, where there is one. */
  readonly file?: ConfigFile;
  /** Wins over the file. */
  readonly environment: Environment;
  /** Reads the files that `WINNOW_…_FILE` variables name. */
  readonly readSecretFile: SecretFileReader;
  /** Settings that must have a value: `requiredToRun` for what talks to Kafka, none for what does not. */
  readonly required?: readonly SettingPath[];
}

/**
 * Compiles file and environment into one frozen object, or says everything that is wrong with them: faults of syntax, names,
 * types and bounds, missing settings, and relations between settings, as far as each can be judged beside the others.
 */
export function loadConfig(given: ConfigSources): Result<Config, readonly ConfigFault[]> {
  const document = readDocument(given.file ?? { name: 'no file', text: '' });
  const environment = readEnvironment(given.environment, given.readSecretFile);
  const tree = document.values;
  tidy(tree);
  const variables = new Map<string, string>();
  for (const { setting, variable, value } of environment.values) {
    setValueAt(tree, setting.path.split('.'), setting.notes.kind === 'list' ? splitList(value) : value);
    variables.set(setting.path, variable);
  }
  const sources: Sources = (path) => {
    const variable = variables.get(path.join('.')) ?? variables.get(path.slice(0, -1).join('.'));
    if (variable !== undefined) return variable;
    if (valueAt(tree, path) !== undefined || settingAt(path.join('.')) === undefined) return document.locate(path);
    return settingAt(path.join('.'))!.default === undefined ? 'not set' : 'default';
  };

  const wrong = findWrongValues(tree, sources);
  const faults: ConfigFault[] = [...document.faults, ...environment.faults, ...wrong.map(withoutPlace)];
  const touched = [...environment.faults.map(({ path }) => path), ...wrong.map(({ at }) => at.join('.'))];
  const isTouched = (path: string): boolean => touched.some((each) => path === each || path.startsWith(`${each}.`));

  const usable = withoutFaults(tree, wrong);
  const config: Config = freeze(configSchema.parse(usable));
  // When the file says nothing legible, nothing can be said about what it leaves out.
  if (document.faults.length === 0) {
    for (const path of given.required ?? []) {
      if (isMissing(valueAt(config, path.split('.'))) && !isTouched(path))
        faults.push(explainMissing(settingAt(path)!));
    }
    for (const relation of relations) {
      if (relation.between.some(isTouched) || relation.holds(config)) continue;
      faults.push(explainRelation(relation, config, sources));
    }
  }
  return faults.length === 0 ? success(config) : { ok: false, failure: faults };
}

/** What may be written in two ways becomes one: a section without members, a list in one text. */
function tidy(tree: Tree): void {
  for (const path of sectionPaths) {
    if (valueAt(tree, path.split('.')) === null) setValueAt(tree, path.split('.'), {});
  }
  for (const setting of settings) {
    if (setting.notes.kind !== 'list') continue;
    const path = setting.path.split('.');
    const value = valueAt(tree, path);
    if (typeof value === 'string') setValueAt(tree, path, splitList(value));
  }
}

function splitList(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : value;
}

function findWrongValues(tree: Tree, sources: Sources): LocatedFault[] {
  const parsed = configSchema.safeParse(tree);
  if (parsed.success) return [];
  const byPath = new Map<string, LocatedFault>();
  for (const fault of parsed.error.issues.flatMap((issue) => explainIssue(issue, tree, sources))) {
    // A value can break several checks of one setting; one sentence covers them.
    if (!byPath.has(fault.path)) byPath.set(fault.path, fault);
  }
  return [...byPath.values()];
}

function withoutFaults(tree: Tree, wrong: readonly LocatedFault[]): Tree {
  for (const { at } of wrong) removeAt(tree, at);
  assert(configSchema.safeParse(tree).success, 'without its faults the configuration is valid');
  return tree;
}

function withoutPlace({ path, source, problem, remedy }: LocatedFault): ConfigFault {
  return { path, source, problem, remedy };
}

function isMissing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
