import { expect, it } from 'vitest';
import { FailureError } from '../../../src/domain/failure.ts';
import { planStatements, sendStatements } from '../../../src/reports/statements/statement-run.ts';
import { Random } from '../../../src/simulation/random.ts';
import type { Mishap } from '../../servers/transparency-database.ts';
import { dayMs, decisionRow, factsOf, startMs } from '../../unit/reports/rows.ts';
import { archiveOf, databaseOf, inHaste } from '../../unit/reports/statement-archive.ts';
import { faultsOf } from '../../unit/reports/statement-schema.ts';

const range = { fromMs: startMs, untilMs: startMs + 181 * dayMs };

it.each([1, 2])(
  'gives each of 10,000 decisions its statement once, through kills and a database that fails, seed %i',
  async (seed) => {
    const random = new Random(seed);
    const rows = Array.from({ length: 10_000 }, (_, account) =>
      decisionRow({ account, timeMs: startMs + Math.floor(account / 60) * dayMs }),
    );
    let kills = 0;
    const kill = (): void => {
      if (!random.chance(0.1)) return;
      kills++;
      throw new Error('killed');
    };
    const often: readonly Mishap[] = ['busy', 'broken', 'broken-after', 'cut', 'cut-before'];
    // What is asked one by one fails less often, or nothing would ever end.
    const mishap = (request: string): Mishap =>
      random.chance(request.startsWith('GET') ? 0.01 : 0.2) ? often[random.integer(0, often.length - 1)]! : 'none';
    const { server, desk } = await databaseOf({ mishap });
    const { archive, sent } = archiveOf(rows, [], kill);
    for (let runs = 0; sent.size < rows.length && runs < 500; runs++) {
      try {
        const planned = await planStatements(archive, range, factsOf());
        await sendStatements(archive, planned, factsOf(), new Map(), { desk, ...inHaste });
      } catch (error) {
        if (error instanceof FailureError || (error as Error).message !== 'killed') throw error;
      }
    }
    expect(sent.size).toBe(10_000);
    expect(server.taken.size).toBe(10_000);
    expect([...server.taken.values()].every((times) => times === 1)).toBe(true);
    expect(server.statements.flatMap(faultsOf)).toEqual([]);
    expect(kills).toBeGreaterThan(5);
  },
);
