import type { ConfigFault } from './fault.ts';
import { quoteName } from './fault.ts';
import type { SettingKind } from './setting.ts';
import { settings } from './settings.ts';
import type { Setting } from './settings.ts';
import { mostSimilar } from '../domain/similar.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a small text file, or throws; the error's `code` is told to the user, nothing else of it. */
export type SecretFileReader = (path: string) => string;

/** What the environment says about one setting. */
export interface EnvironmentValue {
  readonly setting: Setting;
  readonly variable: string;
  /** Turned into the type that the setting has, where the text allows. */
  readonly value: unknown;
}

/** Names with our prefix that are no settings: the file's own path, and addresses for the project's tests. */
const otherVariables = /^WINNOW_(CONFIG$|TEST_)/;
/** Kubernetes describes every Service of the namespace to every pod; one called `winnow` gives variables like these. */
const serviceVariables = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
const serviceAddress = /^(tcp|udp|sctp):\/\//;

/** Reads every variable that begins with `WINNOW_`. An empty one is as good as none. */
export function readEnvironment(
  environment: Environment,
  readSecretFile: SecretFileReader,
): { values: EnvironmentValue[]; faults: ConfigFault[] } {
  const values: EnvironmentValue[] = [];
  const faults: ConfigFault[] = [];
  const given = Object.entries(environment).filter(([name, text]) => name.startsWith('WINNOW_') && text !== '');

  for (const [variable, text] of given) {
    if (text === undefined || otherVariables.test(variable)) continue;
    const setting = byVariable.get(variable);
    if (setting !== undefined) {
      values.push({ setting, variable, value: parse(text, setting.notes.kind) });
      continue;
    }
    const fileOf = byFileVariable.get(variable);
    if (fileOf === undefined) {
      if (!serviceVariables.test(variable) && !serviceAddress.test(text)) faults.push(unknownVariable(variable));
      continue;
    }
    if (environment[fileOf.variable]) {
      faults.push({
        path: fileOf.path,
        source: variable,
        problem: `is given by ${fileOf.variable} too`,
        remedy: 'Unset one of the two.',
      });
      continue;
    }
    try {
      // Editors and `echo` end a file with a newline that is no part of the secret.
      values.push({ setting: fileOf, variable, value: readSecretFile(text).replace(/\r?\n$/, '') });
    } catch (error) {
      // The path is not told: people put the secret itself there.
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      faults.push({
        path: fileOf.path,
        source: variable,
        problem: `names a file that cannot be read${code}`,
        remedy: 'Give the path of a readable file that holds the secret and nothing else.',
      });
    }
  }
  return { values, faults };
}

/** Paths of the files in which an environment says that secrets are. */
export function secretFilesOf(environment: Environment): readonly string[] {
  return [...byFileVariable.keys()].flatMap((variable) => environment[variable] || []);
}

/**
 * Takes the secrets out of an environment, once they are read: what the process starts inherits none, and no dump of its variables has
 * any. What it was started with stays readable to its own user and to root (`/proc/<pid>/environ`); only a file keeps a secret out
 * of there.
 */
export function removeSecrets(environment: Record<string, string | undefined>): void {
  for (const { variable, notes } of settings) if (notes.kind === 'secret') delete environment[variable];
}

/** Whether Kubernetes wrote this, and no person. */
export function isServiceAddress(value: unknown): boolean {
  return typeof value === 'string' && serviceAddress.test(value);
}

function parse(text: string, kind: SettingKind): unknown {
  if (kind === 'integer' && /^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kind === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function unknownVariable(variable: string): ConfigFault {
  const secretsOnly = variable.endsWith('_FILE') && byVariable.has(variable.slice(0, -'_FILE'.length));
  const similar = mostSimilar(variable, [...byVariable.keys(), ...byFileVariable.keys()]);
  return {
    path: quoteName(variable),
    source: 'environment',
    problem: secretsOnly ? 'gives a file for a setting that is no secret' : 'is no setting',
    remedy: secretsOnly
      ? `Set ${variable.slice(0, -'_FILE'.length)} itself.`
      : similar === undefined
        ? 'Unset it; names with WINNOW_ are settings.'
        : `Did you mean ${similar}?`,
  };
}

const byVariable = new Map(settings.map((setting) => [setting.variable, setting]));
const byFileVariable = new Map<string, Setting>(
  settings.filter((setting) => setting.notes.kind === 'secret').map((setting) => [`${setting.variable}_FILE`, setting]),
);
