import assert from 'node:assert/strict';

import { requiredToRun } from './schema.ts';
import { settings } from './settings.ts';
import type { Setting } from './settings.ts';

/** Lines of `README.md` between which the reference stands. */
export const referenceMarkers = {
  begin: '<!-- reference: generated from the schema -->',
  end: '<!-- end of reference -->',
} as const;

/** Every setting as Markdown, one table a section, in the schema's order. */
export function configReference(): string {
  const bySection = Map.groupBy(settings, ({ path }) => path.slice(0, path.lastIndexOf('.')));
  return [...bySection].map(([name, members]) => sectionTable(name, members)).join('\n');
}

/** The document with the reference between its markers made anew. */
export function withReference(document: string): string {
  const [before, rest] = document.split(referenceMarkers.begin);
  const after = rest?.split(referenceMarkers.end)[1];
  assert(before !== undefined && after !== undefined, 'the document has both markers');
  return `${before}${referenceMarkers.begin}\n\n${configReference()}\n${referenceMarkers.end}${after}`;
}

function sectionTable(name: string, members: readonly Setting[]): string {
  const rows = members.map((setting) =>
    [
      `\`${setting.path.slice(name.length + 1)}\`<br>\`${setting.variable}\``,
      valueOf(setting),
      defaultOf(setting),
      setting.notes.reason,
      setting.notes.change,
    ].join(' | '),
  );
  return [
    `### \`${name}\`\n`,
    'Setting and variable | Value | Default | Why | When to change',
    '--- | --- | --- | --- | ---',
    ...rows,
    '',
  ].join('\n');
}

function valueOf({ notes, variable }: Setting): string {
  return notes.kind === 'secret' ? `${notes.expected}; secret, also from \`${variable}_FILE\`` : notes.expected;
}

function defaultOf(setting: Setting): string {
  const required: readonly string[] = requiredToRun;
  if (required.includes(setting.path)) return 'none: required to run';
  if (setting.default === undefined) return 'none';
  return `\`${typeof setting.default === 'object' ? setting.default.join(', ') : setting.default}\``;
}
