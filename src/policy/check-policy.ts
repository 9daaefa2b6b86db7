import type { EventType } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { ruleActions, scoredTypes } from './policy.ts';
import type { DocumentPath, PolicyDocument } from './policy-document.ts';
import { faultsMax, type PolicyFault } from './policy-fault.ts';
import { disorderOfGroups } from './group-section.ts';
import { absentMemberFaults, type ExpressionFault } from './expression/check.ts';
import type { Expression, ExpressionCompiler } from './expression/compile.ts';
import { checkReasonTemplate } from './reason-template.ts';

/** A rule of the document as far as it can be read: what is missing or wrong was told by the schema. */
export interface DraftRule {
  readonly path: DocumentPath;
  readonly id: string | undefined;
  readonly mode: unknown;
  readonly action: unknown;
  /** The types of events that it is tried on. Empty where the document's cannot be read. */
  readonly on: readonly EventType[];
  /** Undefined where the condition is wrong. */
  readonly expression: Expression | undefined;
}

/**
 * Checks what the schema cannot: conditions, sentences, and what the parts have to do with each other. Each part is checked
 * whether or not the others passed, so that one look at a document tells everything.
 */
export function checkPolicy(document: PolicyDocument, compiler: ExpressionCompiler) {
  const faults: PolicyFault[] = [];
  const content = asRecord(document.content);
  faults.push(...thresholdFaults(asRecord(content['thresholds']), document));
  faults.push(
    ...disorderOfGroups(content['groups']).map(({ path, ...said }) => ({
      ...document.placeOf(['groups', ...path]),
      ...said,
    })),
  );
  faults.push(...bandFaults(asRecord(content['samples']), document));
  const rules = Array.isArray(content['rules']) ? (content['rules'] as readonly unknown[]) : [];
  const drafts = rules
    .slice(0, limits.rulesMax)
    .map((rule, index) => draft(asRecord(rule), ['rules', index], document, compiler, faults));
  for (let index = 0; index < drafts.length && faults.length < faultsMax; index++) {
    for (let before = 0; before < index && faults.length < faultsMax; before++)
      faults.push(...pairFaults(drafts[before]!, drafts[index]!, document));
  }
  return { faults, drafts };
}

/** A threshold that is not above the weaker action's leaves that action nothing. */
function thresholdFaults(thresholds: Readonly<Record<string, unknown>>, document: PolicyDocument): PolicyFault[] {
  return ruleActions.slice(1).flatMap((action, index) => {
    const weaker = ruleActions[index]!;
    const [lower, higher] = [thresholds[weaker], thresholds[action]];
    if (typeof lower !== 'number' || typeof higher !== 'number' || !(lower >= higher)) return [];
    return [
      {
        ...document.placeOf(['thresholds', action]),
        message: `The threshold of ${action} (${higher}) is not above that of ${weaker} (${lower}), so ${weaker} could never be due.`,
        remedy: 'Let the thresholds rise: challenge < review < block.',
      },
    ];
  });
}

/** Bands are read from the highest on, so that one out of order would never hold. */
function bandFaults(samples: Readonly<Record<string, unknown>>, document: PolicyDocument): PolicyFault[] {
  return ['hold_out', 'audit'].flatMap((name) => {
    const bands = Array.isArray(samples[name]) ? samples[name].map((band) => asRecord(band)['from']) : [];
    return bands.slice(1).flatMap((from, index) => {
      const before = bands[index];
      if (typeof from !== 'number' || typeof before !== 'number' || from > before) return [];
      return [
        {
          ...document.placeOf(['samples', name, index + 1, 'from']),
          message: `The band from ${from} comes behind the one from ${before}.`,
          remedy: 'Let the bands rise.',
        },
      ];
    });
  });
}

function draft(
  rule: Readonly<Record<string, unknown>>,
  path: DocumentPath,
  document: PolicyDocument,
  compiler: ExpressionCompiler,
  faults: PolicyFault[],
): DraftRule {
  const { id, when, then: action, reason, mode = 'enforce', on } = rule;
  const types = on === undefined ? scoredTypes : scoredTypes.filter((type) => Array.isArray(on) && on.includes(type));
  const within = (key: string) => withPlaces(document, [...path, key]);
  let expression: Expression | undefined;
  if (typeof when === 'string' && when !== '') {
    const compiled = compiler.compile(when);
    if (compiled.ok) expression = compiled.value;
    const found = compiled.ok ? faultsOnTypes(compiled.value, types) : compiled.failure;
    faults.push(...found.map(within('when')));
  }
  if (typeof reason === 'string') {
    faults.push(...checkReasonTemplate(reason, [...compiler.columns.keys()]).map(within('reason')));
  }
  return { path, id: typeof id === 'string' ? id : undefined, mode, action, on: types, expression };
}

/** What is wrong with a condition on the types of events that its rule is tried on; nothing where these cannot be read. */
function faultsOnTypes(expression: Expression, types: readonly EventType[]): readonly ExpressionFault[] {
  if (types.length === 0) return [];
  const absent = absentMemberFaults(expression.mentions, types);
  return absent.length > 0 ? absent : expression.faultsOn(types);
}

/** Two rules that are one, or that say different things of the same events. */
function pairFaults(before: DraftRule, rule: DraftRule, document: PolicyDocument): PolicyFault[] {
  const faults: PolicyFault[] = [];
  if (rule.id !== undefined && rule.id === before.id) {
    const message = `The id ${rule.id} is taken by the rule in line ${document.placeOf(before.path).line}.`;
    faults.push({ ...document.placeOf([...rule.path, 'id']), message, remedy: 'Give each rule an id of its own.' });
  }
  if (saysTheSame(before, rule)) {
    const other = `the rule in line ${document.placeOf(before.path).line}`;
    const isContradiction = rule.action !== before.action;
    faults.push({
      ...document.placeOf([...rule.path, isContradiction ? 'then' : 'when']),
      message: isContradiction
        ? `The rule contradicts ${other}: the same condition on the same events, another action. Only the stronger would count.`
        : `The rule repeats ${other}: the same condition on the same events, the same action.`,
      remedy: 'Keep one of the two, or let one be tried in mode: shadow.',
    });
  }
  return faults;
}

/** A shadow rule may say the same as an enforced one: that is how another action is tried. */
function saysTheSame(first: DraftRule, second: DraftRule): boolean {
  if (first.mode !== second.mode || first.expression === undefined) return false;
  if (first.expression.normalForm !== second.expression?.normalForm) return false;
  return first.on.some((type) => second.on.includes(type));
}

function withPlaces(document: PolicyDocument, path: DocumentPath) {
  return ({ offset, message, remedy }: { offset: number; message: string; remedy: string }): PolicyFault => ({
    ...document.placeWithin(path, offset),
    message,
    remedy,
  });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
