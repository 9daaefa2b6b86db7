import assert from 'node:assert/strict';
import { z } from 'zod';

import { configSchema } from './schema.ts';
import type { SettingPath } from './schema.ts';
import { settingNotes } from './setting.ts';
import type { SettingNotes } from './setting.ts';

/** One setting of the schema, with its names. */
export interface Setting {
  readonly path: SettingPath;
  /** Environment variable that sets it. */
  readonly variable: string;
  readonly notes: SettingNotes;
  /** Undefined where there is none. */
  readonly default: SettingDefault;
}

type SettingDefault = string | number | boolean | readonly string[] | undefined;

/** `kafka.sasl.password` → `WINNOW_KAFKA_SASL_PASSWORD`: the only rule by which variables are named. */
export function variableOf(settingPath: string): string {
  return `WINNOW_${settingPath
    .replaceAll('.', '_')
    .replace(/[A-Z]/g, (capital) => `_${capital}`)
    .toUpperCase()}`;
}

function collect(schema: z.ZodType, prefix: string): void {
  const notes = settingNotes.get(schema);
  if (notes !== undefined) {
    // The type of `SettingPath` is made from the same schema, so every path that is found here is one.
    const settingPath = prefix as SettingPath;
    const value = schema.parse(undefined) as SettingDefault;
    settings.push({ path: settingPath, variable: variableOf(prefix), notes, default: value });
    return;
  }
  if (prefix !== '') sectionPaths.push(prefix);
  assert(schema instanceof z.ZodPrefault, `${prefix} is made by neither a builder of settings nor section()`);
  const object = schema.unwrap();
  assert(object instanceof z.ZodObject);
  for (const [name, member] of Object.entries(object.shape)) {
    collect(member as z.ZodType, prefix === '' ? name : `${prefix}.${name}`);
  }
}

/** Every setting, in the schema's order. */
export const settings: Setting[] = [];
/** Every section and section of a section, parents first. */
export const sectionPaths: string[] = [];
collect(configSchema, '');

const byPath = new Map<string, Setting>(settings.map((setting) => [setting.path, setting]));

/** The setting with exactly this path, or undefined. */
export function settingAt(settingPath: string): Setting | undefined {
  return byPath.get(settingPath);
}
