import { createHash } from 'node:crypto';
import { escape } from '../page/document.ts';
import type { AccountFacts } from './facts.ts';

/** Saves the answers as a file; nothing is sent anywhere. */
const script = `
const button = document.querySelector('button');
const answers = () => [...document.querySelectorAll('input:checked')].filter(({ value }) => value !== 'unsure');
const quoted = (text) => (/[",\\r\\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
const show = () => { button.textContent = 'Save ' + answers().length + ' answers'; };
document.addEventListener('change', show);
show();
button.addEventListener('click', () => {
  const rows = answers().map((input) => quoted(input.name) + ',' + input.value);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([['account_id,label', ...rows, ''].join('\\n')], { type: 'text/csv' }));
  link.download = 'answers.csv';
  link.click();
});
`;

const style = `
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c; background: #fff }
article { border: 1px solid #ccc; border-radius: 6px; padding: 0 1rem 1rem; margin: 1.5rem 0; break-inside: avoid }
dl { display: grid; grid-template-columns: 12rem 1fr; gap: .2rem 1rem; margin: 0 }
dt { color: #555 } dd { margin: 0; overflow-wrap: anywhere }
fieldset { border: 0; padding: .8rem 0 0; margin: 0 } label { margin-right: 1.5rem }
ol { margin: .3rem 0; padding-left: 1.5rem } time { color: #555; font-variant-numeric: tabular-nums }
button { position: sticky; bottom: 1rem; font: inherit; padding: .6rem 1.2rem }
`;

/**
 * The page that reviewers judge by: the accounts in the order given, which says nothing of their score, each with the same facts. Static;
 * the policy in its head lets it load nothing and send nothing. Everything from events is text, whatever an account calls itself.
 */
export function queuePage(accounts: readonly AccountFacts[]): string {
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Accounts to judge</title>
<style>${style}</style>
</head>
<body>
<h1>${accounts.length} accounts to judge</h1>
<p>Say of each whether it is fake: made or used to deceive, whoever is behind it. Where you cannot tell, leave it at "cannot tell": a guess
teaches worse than none. The accounts come in random order, many of them are genuine, and what machines think of them is not shown on purpose.</p>
${accounts.map(article).join('\n')}
<button type="button">Save answers</button>
<script>${script}</script>
</body>
</html>
`;
}

function article(account: AccountFacts, index: number): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Names', listed(account.names)],
    ['Describes itself', listed(account.bios)],
    ['Seen', `${account.events} events from ${day(account.firstMs)} to ${day(account.lastMs)}`],
    ['Did', tallied(account.byType)],
    ['Comes from', tallied(account.origins)],
    ['Program', listed(account.clients)],
    ['Devices', `${account.devices}, with ${account.alsoOnDevice} other accounts on them`],
    ['Addresses', `${account.addresses}, with ${account.alsoAtAddress} other accounts at them`],
    ['Addressed', `${account.targets} accounts`],
    ['Links to', listed(account.linkDomains)],
  ];
  const id = escape(account.accountId);
  const more = account.events - account.timeline.length;
  return `<article>
<h2>${index + 1}. ${id}</h2>
<dl>${facts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `<dt>${name}</dt><dd>${text}</dd>`)
    .join('')}</dl>
<details><summary>What it did, in order</summary><ol>${account.timeline
    .map(({ timeMs, what }) => `<li><time>${moment(timeMs)}</time> ${escape(what)}</li>`)
    .join('')}</ol>${more > 0 ? `<p>and ${more} events more</p>` : ''}</details>
<fieldset>${[
    ['fake', 'fake'],
    ['genuine', 'genuine'],
    ['unsure', 'cannot tell'],
  ]
    .map(
      ([value, text]) =>
        `<label><input type="radio" name="${id}" value="${value}"${value === 'unsure' ? ' checked' : ''}> ${text}</label>`,
    )
    .join('')}</fieldset>
</article>`;
}

function listed(texts: Iterable<string>): string {
  return [...texts].map(escape).join(' · ');
}

function tallied(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted(([, first], [, second]) => second - first)
    .map(([what, times]) => `${escape(what)} ×${times}`)
    .join(' · ');
}

function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function moment(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
