import { formatValue } from '../domain/format-value.ts';
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

/** Compiles a sentence that has passed its check. */
export function compileReasonTemplate(template: string, columns: ReadonlyMap<string, number>): ReasonTemplate {
  // Splitting by an expression with one group gives text and names in turn.
  const parts = template.split(placeholder);
  const features = parts.filter((_, index) => index % 2 === 1);
  return {
    features,
    fill: (values, offset) =>
      parts
        .map((part, index) =>
          index % 2 === 0 ? part : formatValue(values[offset + (columns.get(part) ?? NaN)] ?? NaN),
        )
        .join(''),
  };
}
