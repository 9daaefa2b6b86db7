import assert from 'node:assert/strict';
import type { Archive } from '../../archive/archive.ts';
import type { DecisionWords } from './build-statement.ts';
import type { StatementArchive } from './statement-run.ts';

const always = { fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER };

/** What a statement tells of a decision, as it travelled. */
interface Body {
  readonly subject: string;
  readonly data: {
    readonly reasons: readonly { readonly public_text?: string }[];
    readonly model: { readonly name: string; readonly version: string };
    readonly policy: { readonly version: string };
  };
}

/** The archive as the sending of statements sees it. @param nowMs the clock, milliseconds since the epoch. */
export function statementArchive(archive: Archive, nowMs: () => number): StatementArchive {
  return {
    decisions: (range) => archive.decisions(range),
    words: (range) => archive.words(range),
    async sent() {
      const sent = new Set<string>();
      for await (const { decision, state } of archive.statements(always)) if (state === 'sent') sent.add(decision);
      return sent;
    },
    async wordsOf(decisionIds) {
      const bodies = await archive.bodies(decisionIds);
      return new Map(Array.from(bodies, ([id, body]) => [id, wordsOf(body)]));
    },
    async keep(fates) {
      const timeMs = nowMs();
      await archive.recordStatements(
        fates.map(({ puid, state, answer }) => ({ decision: puid, timeMs, state, answer })),
      );
    },
  };
}

function wordsOf(body: string): DecisionWords & { readonly accountId: string } {
  const { subject, data } = JSON.parse(body) as Body;
  assert(subject !== '', 'a decision is about somebody');
  return {
    accountId: subject,
    publicTexts: data.reasons.flatMap(({ public_text: text }) => text ?? []),
    model: `${data.model.name} ${data.model.version}`,
    policy: data.policy.version,
  };
}
