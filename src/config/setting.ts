import { z } from 'zod';

import { Secret } from './secret.ts';

/**
 * The kinds of setting. Each builder makes a zod schema and writes down, in `settingNotes`, what a person needs: messages and
 * `README.md` are made from the same notes, so neither can say something that the check does not do.
 */

/** How the text of an environment variable becomes a value. */
export type SettingKind = 'integer' | 'flag' | 'choice' | 'text' | 'list' | 'secret';

export interface SettingNotes {
  readonly kind: SettingKind;
  /** What a value must be; completes "must be …". */
  readonly expected: string;
  /** The same for one entry of a list. */
  readonly expectedEntry?: string;
  /** What to do when the value has the right type and is still wrong. */
  readonly remedy: string;
  /** Why there is such a setting, and why it has this default. */
  readonly reason: string;
  /** When to change it. */
  readonly change: string;
  /** The allowed words of a choice or of a list of choices. */
  readonly words?: readonly string[];
}

export const settingNotes = z.registry<SettingNotes>();

type Why = Pick<SettingNotes, 'reason' | 'change'>;
type IntegerOptions = Why & { readonly default: number; readonly min: number; readonly max: number };
type PatternOptions = Why & { readonly expected: string; readonly example: string; readonly pattern: RegExp };

interface CheckedListOptions extends Omit<PatternOptions, 'pattern'> {
  readonly check: (entry: string) => boolean;
  readonly entriesMax: number;
}

/** A duration in milliseconds. Its name ends in `Ms` or `MsMax`. */
export function milliseconds(options: IntegerOptions) {
  return integer('whole number of milliseconds', options);
}

/** A size in bytes. Its name ends in `Bytes`, `BytesMin` or `BytesMax`. */
export function bytes(options: IntegerOptions) {
  return integer('whole number of bytes', options);
}

/** A number of things. */
export function count(options: IntegerOptions) {
  return integer('whole number', options);
}

export function flag({ default: value, ...why }: Why & { readonly default: boolean }) {
  return z
    .boolean()
    .default(value)
    .register(settingNotes, {
      kind: 'flag',
      expected: 'true or false',
      remedy: 'Write true or false, without quotes.',
      ...why,
    });
}

/** A number, or `auto` where the machine says it. */
export function countOrAuto({ default: value, min, max, ...why }: IntegerOptions) {
  return z
    .int()
    .min(min)
    .max(max)
    .or(z.literal('auto'))
    .default(value)
    .register(settingNotes, {
      kind: 'integer',
      expected: `auto, or a number from ${min} to ${max}`,
      remedy: 'Write auto, or a bare number.',
      ...why,
    });
}

export function choice<const T extends readonly [string, ...string[]]>(
  words: T,
  { default: value, ...why }: Why & { readonly default: NoInfer<T[number]> },
) {
  return z
    .enum(words)
    .default(value as z.core.util.NoUndefined<T[number]>)
    .register(settingNotes, {
      kind: 'choice',
      expected: `one of ${words.join(', ')}`,
      remedy: 'Choose one of the words.',
      words,
      ...why,
    });
}

/** A moment, in UTC; may be left out. `Date.parse` reads it. */
export function optionalTime(why: Why) {
  const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
  // There and back: 30 February is none.
  const isTime = (given: string): boolean =>
    pattern.test(given) && new Date(Date.parse(given) || 0).toISOString() === given.replace('Z', '.000Z');
  const notes = { expected: 'a time in UTC, to the second', example: '2026-11-24T00:00:00Z', ...why };
  return z.string().refine(isTime).optional().register(settingNotes, textNotes(notes));
}

/** A text with a default. */
export function text({ default: value, pattern, ...notes }: PatternOptions & { readonly default: string }) {
  return z.string().regex(pattern).default(value).register(settingNotes, textNotes(notes));
}

/** A text that may be left out. */
export function optionalText({ pattern, ...notes }: PatternOptions) {
  return z.string().regex(pattern).optional().register(settingNotes, textNotes(notes));
}

/** Absolute, or relative to the working directory. Whether the file is there is not for the schema to say. */
export function optionalPath(why: Why) {
  return optionalText({ ...pathWords, ...why });
}

export function path({ default: value, ...why }: Why & { readonly default: string }) {
  return text({ default: value, ...pathWords, ...why });
}

/** A text that is never printed; may be left out. Also read from the file that `<variable>_FILE` names. */
export function secret({ pattern, remedy, ...notes }: Omit<PatternOptions, 'example'> & { readonly remedy: string }) {
  return z
    .string()
    .regex(pattern)
    .transform((value) => new Secret(value))
    .optional()
    .register(settingNotes, { kind: 'secret', remedy, ...notes });
}

/** A list of texts, empty by default. In the environment, and in the file if one likes, separated by commas. */
export function list({ pattern, entriesMax, ...notes }: PatternOptions & { readonly entriesMax: number }) {
  return checkedList({ check: (entry) => pattern.test(entry), entriesMax, ...notes });
}

/** A list of texts that a reader of their own takes. */
export function checkedList({ check, entriesMax, ...notes }: CheckedListOptions) {
  const { expected, ...others } = textNotes(notes);
  return z
    .array(z.string().refine(check))
    .max(entriesMax)
    .default([])
    .register(settingNotes, {
      ...others,
      kind: 'list',
      expected: `a list of at most ${entriesMax}, each ${expected}`,
      expectedEntry: expected,
    });
}

/** A list of words out of a closed set, where `all` stands for the whole set. The value is in the set's order. */
export function subset<const T extends readonly [string, ...string[]]>(
  words: T,
  { default: value, ...why }: Why & { readonly default: readonly NoInfer<T[number]>[] },
) {
  return z
    .array(z.enum(words).or(z.literal('all')))
    .min(1)
    .default([...value] as z.output<z.ZodEnum<z.core.util.ToEnum<T[number]>>>[])
    .transform((chosen): T[number][] =>
      words.filter((word: T[number]) => chosen.some((each) => each === word || each === 'all')),
    )
    .register(settingNotes, {
      kind: 'list',
      expected: `a list of ${words.join(', ')}, or all`,
      expectedEntry: `one of ${words.join(', ')}, all`,
      remedy: 'Name at least one of the words.',
      words: [...words, 'all'],
      ...why,
    });
}

/** A group of settings. One that is left out has its defaults. */
export function section<const T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape).prefault({} as z.input<z.ZodObject<T, z.core.$strict>>);
}

function integer(what: string, { default: value, min, max, ...why }: IntegerOptions) {
  return z
    .int()
    .min(min)
    .max(max)
    .default(value)
    .register(settingNotes, {
      kind: 'integer',
      expected: `a ${what} from ${min} to ${max}`,
      remedy: 'Write a bare number; the unit is in the name of the setting.',
      ...why,
    });
}

function textNotes({ expected, example, ...why }: Omit<PatternOptions, 'pattern'>): SettingNotes {
  return { kind: 'text', expected, remedy: `Write it like ${example}.`, ...why };
}

const pathWords = {
  expected: 'a path of 1 to 1024 characters',
  example: '/srv/winnow/file',
  pattern: /^[^\0]{1,1024}$/,
};
