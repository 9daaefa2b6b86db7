#!/usr/bin/env node
import { existsSync } from 'node:fs';

/**
 * The command. It says which Node is wanted before anything is loaded that an older one cannot read; every Node from 14 on reads
 * this file. In a checkout it runs the source, and in the packed product, which has none, what was built of it.
 */
const nodeMajorMin = 24;
const usageExitCode = 2;

if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
  process.stderr.write(
    `Winnow needs Node ${nodeMajorMin} or newer, and this is ${process.versions.node}. Install it from your system or from nodejs.org; ` +
      `in a checkout, npm ci brings it.\n`,
  );
  process.exitCode = usageExitCode;
} else {
  const source = new URL('../src/cli/main.ts', import.meta.url);
  await import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href);
}
