import type { Command } from 'commander';

export function register(program: Command): void {
  program
    .command('generate')
    .description(
      'Write the published contract and the references that are made from the code (for developers of Winnow).',
    )
    .addHelpText(
      'after',
      `
Run it in a checkout after a change of a schema, a setting, a failure or a feature; tests fail when it was forgotten.

Examples:
  $ npm run generate`,
    )
    .action(async () => {
      const { writeGenerated } = await import('../development/generated.ts');
      for (const file of await writeGenerated()) process.stdout.write(`${file}\n`);
    });
}
