import { suggestion } from '../domain/similar.ts';

/** Fills in a sentence with the values of one row. */
export interface ReasonTemplate {
  /** The features that the sentence names, in its order. */
  readonly features: readonly string[];
  fill(features: Float32Array, offset: number): string;
}

/** A fault of the sentence, at an offset in it. */
export interface TemplateFault {
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

const placeholder = /\{([a-z][a-z0-9_]*)\}/g;
/**
 * A placeholder with what stands around it and belongs to its value: the unit, which is said as the value needs it, and what it counts, which
 * may have a word or two before it and a verb behind it. Or one of two wordings, for one thing and for several.
 */
const inContext =
  /([Aa] share of )?\{([a-z][a-z0-9_]*)\}(?: (ms|milliseconds|seconds|hours)\b|((?: [a-z-]+){1,3})(?= |[^a-z-]|$))?|\[([^|\]]*)\|([^\]]*)\]/g;

/** Words that end what is counted: behind them is something else. */
const between: ReadonlySet<string> = new Set(
  'in of on from to at within over across with by per and or than that which who for as is was are were has have does do this its always'.split(
    ' ',
  ),
);
const verbsOfOne: Readonly<Record<string, string>> = { are: 'is', were: 'was', have: 'has', do: 'does' };

/** The words behind a 1: `different accounts were` becomes `different account was`. */
function inSingular(words: string): string {
  const parts = words.split(' ');
  const end = parts.findIndex((word) => between.has(word));
  const noun = parts.findIndex((word, index) => (end < 0 || index < end) && isPlural(word));
  if (noun < 0) return words;
  return parts
    .map((word, index) => (index === noun ? singularOf(word) : index === noun + 1 ? (verbsOfOne[word] ?? word) : word))
    .join(' ');
}

function isPlural(word: string): boolean {
  return word === 'people' || /[^siu]s$/.test(word) || word.endsWith('ies');
}

function singularOf(word: string): string {
  if (word === 'people') return 'person';
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return /(?:ss|sh|ch|x)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

/** Says a feature's value; `unknown` for missing. */
export type SayFeature = (feature: string, value: number) => string;

/** What is wrong with a sentence whose values stand in braces; nothing, if it can be compiled. */
export function checkReasonTemplate(template: string, features: readonly string[]): TemplateFault[] {
  const faults: TemplateFault[] = [];
  for (const match of template.matchAll(placeholder)) {
    const name = match[1]!;
    if (features.includes(name)) continue;
    faults.push({
      offset: match.index + 1,
      message: `${name} is not a feature of the catalogue.`,
      remedy: `A reason may show features only, never members of the event.${suggestion(name, features)}`,
    });
  }
  for (const { index } of template.matchAll(/\[[^|\]]*\|[^\]]*\]/g)) {
    const inner = template.slice(index, template.indexOf(']', index)).indexOf('{');
    if (inner === -1) continue;
    faults.push({
      offset: index + inner,
      message: 'Two wordings in brackets name a feature.',
      remedy: 'Write the feature before them: {name_of_a_feature} accounts [was|were].',
    });
  }
  const leftOver = template.replaceAll(placeholder, (whole) => ' '.repeat(whole.length)).search(/[{}]/);
  if (leftOver !== -1) {
    faults.push({
      offset: leftOver,
      message: 'A brace of the reason encloses no feature name.',
      remedy: 'Write {name_of_a_feature}, without spaces or event members.',
    });
  }
  return faults;
}

/**
 * Compiles a sentence that has passed its check. Values are said in units that people use: `{form_ms} ms` may become `3 seconds`, `a share of
 * {x}` `40 %`, and `{n} accounts were` `1 account was`. `[was|were]` is the first where the value before it is said as 1.
 * @param say with the feature's unit.
 */
export function compileReasonTemplate(
  template: string,
  columns: ReadonlyMap<string, number>,
  say: SayFeature,
): ReasonTemplate {
  return {
    features: Array.from(template.matchAll(placeholder), ([, name]) => name!),
    fill: (values, offset) => {
      let isOne = false;
      return template.replaceAll(
        inContext,
        (_, share = '', name?: string, unit?: string, words = '', one = '', many = '') => {
          if (name === undefined) return isOne ? one : many;
          const said = say(name, values[offset + (columns.get(name) ?? NaN)] ?? NaN);
          isOne = /^1(?: [a-z]|$)/.test(said); // 1.04 is said so too, and 1 may be said as 100 %
          const isWithUnit = /[a-z%]$/.test(said);
          const before = isWithUnit ? '' : share;
          if (unit !== undefined) return `${before}${said}${isWithUnit ? '' : ` ${unit}`}`;
          return `${before}${said}${isOne && !isWithUnit ? inSingular(words) : words}`;
        },
      );
    },
  };
}
