/** One thing that is wrong with the configuration. No member ever holds a value that may be secret. */
export interface ConfigFault {
  /** The setting or key; the variable, where no setting has its name; empty where the file as a whole is meant. */
  readonly path: string;
  /** Where it was said: `file:line:column`, the environment variable, or `not set`. */
  readonly source: string;
  /** Completes a sentence that begins with the path. */
  readonly problem: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
}

/** One line for a person. */
export function describeFault({ path, source, problem, remedy }: ConfigFault): string {
  const subject = path === '' || path === source ? source : `${path} (${source})`;
  return `${subject}: ${problem}. ${remedy}`;
}

/** A key or variable as someone wrote it, made fit for one line. */
export function quoteName(name: string): string {
  return /^[\w.[\]-]{1,80}$/.test(name) ? name : JSON.stringify(name.slice(0, 80));
}
