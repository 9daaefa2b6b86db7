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
 * A placeholder with what stands around it and belongs to its value: the unit, which is said as the value needs it, and a plural,
 * which one thing has not.
 */
const inContext = /([Aa] share of )?\{([a-z][a-z0-9_]*)\}(?: (ms|milliseconds|seconds|hours)\b| ([a-z]+)s\b)?/g;

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
 * {x}` `40 %`, and `{n} accounts` `1 account`.
 * @param say with the feature's unit.
 */
export function compileReasonTemplate(
  template: string,
  columns: ReadonlyMap<string, number>,
  say: SayFeature,
): ReasonTemplate {
  return {
    features: Array.from(template.matchAll(placeholder), ([, name]) => name!),
    fill: (values, offset) =>
      template.replaceAll(
        inContext,
        (_, share: string | undefined, name: string, unit: string | undefined, things: string | undefined) => {
          const value = values[offset + (columns.get(name) ?? NaN)] ?? NaN;
          const said = say(name, value);
          const isWithUnit = /[a-z%]$/.test(said);
          const before = share === undefined || isWithUnit ? '' : share;
          if (unit !== undefined) return `${before}${said}${isWithUnit ? '' : ` ${unit}`}`;
          if (things === undefined) return `${before}${said}`;
          return `${before}${said} ${things}${value === 1 ? '' : 's'}`;
        },
      ),
  };
}
