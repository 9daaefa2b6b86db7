import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { limitsOf, scenarios } from '../../../../load-tests/stage/all-scenarios.ts';
import { parseScenarioOptions } from '../../../../load-tests/stage/options.ts';
import { keptResults } from '../../../../load-tests/stage/document.ts';
import { judge, limitOf } from '../../../../load-tests/stage/result.ts';
import { rateOf } from '../../../../load-tests/stage/scenario.ts';

const folder = new URL('../../../../load-tests/scenarios/', import.meta.url);

describe('the scenarios', () => {
  it('are a file each, of the same name', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    expect(scenarios.map(({ name }) => `${name}.ts`).toSorted()).toEqual(files.toSorted());
  });

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s asks, and has limits', (_, scenario) => {
    expect(scenario.question).toMatch(/\?$/);
    expect(scenario.boundBy).not.toBe('');
    const said = limitsOf(scenario).map(({ says }) => says);
    expect(said[0]).toMatch(/^no event without a decision/);
    expect(said.length).toBeGreaterThan(1);
    expect(new Set(said).size).toBe(said.length);
    // Of each form: what has no events, or more than can be held, cannot be played.
    for (const seconds of Object.values(scenario.actSeconds)) expect(seconds).toBeGreaterThan(0);
    // A run of seconds on a machine that does other things is held to nothing that is timed.
    const brief = limitsOf(scenario, 'brief').map(({ says }) => says);
    expect(brief.filter((limit) => / s$| ms$/.test(limit))).toEqual([]);
    expect(brief.length).toBeGreaterThan(1);
    expect(limitsOf(scenario, 'full').length).toBeGreaterThanOrEqual(brief.length);
    if (scenario.setup.members > 1) expect(scenario.setup.store).toBe('valkey');
  });
});

describe('results that are kept', () => {
  it.each(keptResults().map((result) => [result.scenario, result] as const))(
    '%s: are of a scenario that is there, and are judged as they would be now',
    (name, { form, environment, outcome, verdicts, limitedBy }) => {
      const scenario = scenarios.find((one) => one.name === name)!;
      expect(judge(scenario, form, environment, outcome)).toMatchObject({ verdicts, limitedBy });
      expect(outcome.fates.winnow.sent).toBeGreaterThan(0);
    },
  );

  it('are there for each scenario', () => {
    const kept = keptResults().map(({ scenario }) => scenario);
    expect(kept.toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted());
  });
});

describe('what limits a scenario', () => {
  const busy = { cores: 2, members: 0.6, echo: 0.1, harness: 0.3, rest: 0.9 };

  it('is the machine where no core is left, and else what the scenario knows', () => {
    expect(limitOf({ boundBy: 'the broker' }, { busy })).toMatch(/^the machine: 1.9 of 2 cores busy .*: the broker$/);
    expect(limitOf({ boundBy: 'the broker' }, { busy: { ...busy, rest: 0.1 } })).toBe('the broker');
    expect(limitOf({ boundBy: 'the broker' }, { busy: { ...busy, rest: null } })).toBe('the broker');
  });
});

/** What a command line asks for, the scenarios by their names. */
function named(...args: string[]) {
  const options = parseScenarioOptions(args);
  if (options === 'help') throw new Error('not asked for help');
  return { ...options, scenarios: options.scenarios.map(({ name }) => name) };
}

describe('the command line', () => {
  it('puts the one that finds the knee first where it is needed', () => {
    expect(named('burst', 'ramp').scenarios).toEqual(['ramp', 'burst']);
    expect(named('steady', '--short')).toMatchObject({ scenarios: ['ramp', 'steady'], form: 'short', kneeRate: null });
    expect(named('steady', '--knee', '900')).toMatchObject({ scenarios: ['steady'], form: 'full', kneeRate: 900 });
    expect(named('steady', '--rate', '300')).toMatchObject({ scenarios: ['steady'], kneeRate: null, rate: 300 });
    expect(named('--all').scenarios).toEqual(scenarios.map(({ name }) => name));
  });

  it.each([
    [[]],
    [['stady']],
    [['steady', '--knee', '0']],
    [['steady', '--knee', '9', '--rate', '9']],
    [['steady', '--short', '--brief']],
    [['steady', '--slow']],
  ])('refuses %j', (args) => {
    expect(() => parseScenarioOptions(args)).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});

describe('the rate', () => {
  it('is a part of the knee, or what is asked for; the scenario that finds the knee has its own', () => {
    const [ramp, steady] = [
      scenarios.find(({ name }) => name === 'ramp')!,
      scenarios.find(({ name }) => name === 'steady')!,
    ];
    expect(rateOf(steady, { kneeRate: 1_000, rate: null })).toBe(300);
    expect(rateOf(steady, { kneeRate: null, rate: 2_000 })).toBe(2_000);
    expect(rateOf(ramp, { kneeRate: null, rate: 2_000 })).toBe(1_000);
    expect(() => rateOf(steady, { kneeRate: null, rate: null })).toThrow('steady needs the rate');
  });
});
