import fastCheck, { type IAsyncProperty, type Parameters } from '../../node_modules/fast-check/lib/fast-check.js';

/**
 * Stands in the place of fast-check where `WINNOW_TEST_TIMES` is set (`vitest.config.ts`): the same, but each property is tried so many
 * times as often as its test says. fast-check's own global settings do not reach a test that says how often.
 */

export * from '../../node_modules/fast-check/lib/fast-check.js';

/** What fast-check does where nobody says how often. */
const runsByDefault = 100;
const times = Number(process.env['WINNOW_TEST_TIMES']);

function oftener<T>({ numRuns = runsByDefault, ...parameters }: Parameters<T>): Parameters<T> {
  return { ...parameters, numRuns: numRuns * times };
}

/** As fast-check's: a promise where the property gives one. */
export function assert<T>(property: IAsyncProperty<T>, parameters: Parameters<T> = {}): Promise<void> {
  return fastCheck.assert(property, oftener(parameters));
}

export default { ...fastCheck, assert };
