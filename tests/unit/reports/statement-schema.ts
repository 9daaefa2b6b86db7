import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** What the database checks of a statement, as a schema, and what a schema cannot say: dates are days, in bounds. */

const schema = JSON.parse(readFileSync(new URL('dsa-statement.schema.json', import.meta.url), 'utf8')) as object;
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

/** What is wrong with a statement; empty when nothing is. */
export function faultsOf(statement: unknown): readonly string[] {
  const faults = validate(statement)
    ? []
    : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  const { content_date: content, application_date: application } = statement as Record<string, string>;
  if (!isDay(content, '2000-01-01')) faults.push(`/content_date ${content}`);
  if (!isDay(application, '2020-01-01')) faults.push(`/application_date ${application}`);
  for (const [name, value] of Object.entries(statement as object))
    if (typeof value === 'string' && value !== value.trim()) faults.push(`/${name} has blanks at its ends`);
  return faults;
}

function isDay(text: string | undefined, first: string): boolean {
  if (text === undefined || text < first || text > '2038-01-01') return false;
  return !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}
