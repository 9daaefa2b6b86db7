import { failed, success, type FailureCode, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import {
  deploymentSchema,
  goldenRowSchema,
  manifestSchema,
  type Deployment,
  type GoldenRow,
  type Manifest,
} from '../wire/bundle-schema.ts';

/** The part of a zod schema that is needed here. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

export function parseManifest(bytes: Uint8Array, path: string): Result<Manifest> {
  return parseJson(manifestSchema, bytes, 'BUNDLE_INVALID', path);
}

export function parseDeployment(bytes: Uint8Array, path: string): Result<Deployment> {
  return parseJson(deploymentSchema, bytes, 'DEPLOYMENT_INVALID', path);
}

/** Reads `golden.jsonl`, at most `limits.goldenRowsMax` rows of it. */
export function parseGoldenRows(bytes: Uint8Array, path: string): Result<readonly GoldenRow[]> {
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '');
  if (lines.length < limits.goldenRowsMin) {
    return failed('BUNDLE_GOLDEN', `it has ${lines.length} rows, at least ${limits.goldenRowsMin} are needed.`, path);
  }
  const rows: GoldenRow[] = [];
  for (const [index, line] of lines.slice(0, limits.goldenRowsMax).entries()) {
    const row = parseJson(goldenRowSchema, new TextEncoder().encode(line), 'BUNDLE_GOLDEN', `${path}:${index + 1}`);
    if (!row.ok) return row;
    rows.push(row.value);
  }
  return success(rows);
}

/** Reads JSON by a schema, or says with `code` what is wrong with it. */
export function parseJson<T>(schema: Schema<T>, bytes: Uint8Array, code: FailureCode, path: string): Result<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return failed(code, 'it is not JSON.', path);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return success(parsed.data);
  const faults = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || 'the whole'}: ${issue.message}`,
  );
  return failed(code, faults.slice(0, 3).join(' '), path);
}
