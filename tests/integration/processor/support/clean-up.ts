import { onTestFinished, type TestContext } from 'vitest';

/** Takes what has to be done in the end, last first, however a test ends. */
export type CleanUp = (action: () => Promise<unknown>) => void;

/** Cleans up after one of several tests that run at once. */
export const afterTest =
  (context: Pick<TestContext, 'onTestFinished'>): CleanUp =>
  (action) =>
    context.onTestFinished(async () => void (await action()));

/** Cleans up after the test that is running. */
export const afterThisTest: CleanUp = (action) => onTestFinished(async () => void (await action()));
