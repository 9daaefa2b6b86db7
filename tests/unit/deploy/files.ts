import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../../src/config/load.ts';
import { requiredToRun, type Config } from '../../../src/config/schema.ts';
import { describeFault } from '../../../src/config/fault.ts';

/** The repository, and what of it is about installing. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const deploy = join(root, 'deploy');

/** A YAML document; what it holds is the business of who asked. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Document = any;

export function readDeployed(path: string): string {
  return readFileSync(join(deploy, path), 'utf8');
}

export function readYaml(path: string): Document {
  return parse(readDeployed(path), { strict: true, uniqueKeys: true });
}

/** All documents of a text. Throws at the first fault of the YAML. */
export function documentsOf(text: string): Document[] {
  return parseAllDocuments(text, { strict: true, uniqueKeys: true }).map((document) => {
    const [fault] = document.errors;
    if (fault !== undefined) throw fault;
    return document.toJS();
  });
}

/** Some secret that every setting takes which wants one of 32 hex digits. */
const secret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

/** What `winnow run` makes of these settings. Throws with all faults. */
export function configOf(environment: Record<string, string>, text = ''): Config {
  const loaded = loadConfig({
    file: { name: 'winnow.yaml', text },
    environment,
    readSecretFile: () => secret,
    required: requiredToRun,
  });
  if (!loaded.ok) throw new Error(loaded.failure.map(describeFault).join('\n'));
  return loaded.value;
}

/** Milliseconds from SIGTERM until Winnow has ended by itself, a supervisor with its workers too. */
export function stopMsMax({ shutdown }: Config): number {
  return shutdown.deadlineMs + 1_000;
}
