/**
 * How providers lead several addresses to one mailbox, by what each says itself. Whoever is not here gets the rule that most
 * mail servers have: what follows a `+` is a tag (RFC 5233). Dots count wherever the provider does not say otherwise.
 *
 * Left out on purpose: Yahoo's `nickname-keyword`, since nicknames are chosen apart from the account; domains of one house that
 * are mailboxes of different people (outlook.com and hotmail.com, mail.ru and bk.ru, fastmail.com and fastmail.fm); Google and
 * Microsoft under a customer's own domain, which nothing in the address shows.
 */
export interface MailboxRule {
  /** Of one house, where the same name is the same person: the first stands for all. */
  readonly domains: readonly string[];
  /** Characters of the name that do not count. */
  readonly ignored?: RegExp;
  /** The character that a dot is another spelling of. */
  readonly dotIs?: string;
  /** Whether `anything@name.domain` is a spelling of `name@domain`. */
  readonly hasSubdomains?: true;
  readonly source: string;
}

const mailboxRules: readonly MailboxRule[] = [
  {
    domains: ['gmail.com', 'googlemail.com'],
    ignored: /\./g,
    source: 'support.google.com/mail/answer/7436150 and 10313',
  },
  {
    domains: ['icloud.com', 'me.com', 'mac.com'],
    source: 'support.apple.com/en-us/102540: names of me.com and mac.com are had at icloud.com too',
  },
  {
    domains: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'],
    ignored: /[._-]/g,
    source: 'proton.me/support/addresses-and-aliases: dots, hyphens and underscores are ignored',
  },
  {
    domains: [
      'yandex.ru',
      'ya.ru',
      'yandex.com',
      'yandex.by',
      'yandex.kz',
      'yandex.ua',
      'yandex.uz',
      'yandex.az',
      'yandex.com.tr',
      'yandex.com.am',
      'yandex.com.ge',
      'yandex.co.il',
      'yandex.fr',
      'yandex.ee',
      'yandex.lt',
      'yandex.lv',
      'yandex.md',
      'yandex.kg',
      'yandex.tj',
      'yandex.tm',
      'narod.ru',
    ],
    dotIs: '-',
    source: 'yandex.com/support/yandex-360/customers/mail: one login at all domains, dot and hyphen the same',
  },
  ...[
    'fastmail.com',
    'fastmail.fm',
    'fastmail.net',
    'fastmail.org',
    'fastmail.us',
    'fastmail.co.uk',
    'fastmail.de',
    'fastmail.jp',
    'fastmail.nl',
    'messagingengine.com',
    'mailbolt.com',
    'sent.com',
  ].map((domain): MailboxRule => ({
    domains: [domain],
    hasSubdomains: true,
    source: 'fastmail.help, "Plus addressing and subdomain addressing"',
  })),
  ...['anonaddy.com', 'anonaddy.me', '33mail.com'].map((domain): MailboxRule => ({
    domains: [domain],
    hasSubdomains: true,
    source: 'addy.io/faq and 33mail.com/help: every name below a user’s subdomain is that user’s',
  })),
];

const ruleOfDomain = new Map(mailboxRules.flatMap((rule) => rule.domains.map((domain) => [domain, rule])));

/** The mailbox that mail really goes to. */
export interface Mailbox {
  readonly name: string;
  readonly domain: string;
  /** Whether the address carries what only tells spellings of one mailbox apart: a tag, or a subdomain of its own. */
  readonly isAlias: boolean;
}

/** @param local Before the `@`, in lower case. @param domain In the form of `readDomainName`. */
export function mailboxOf(local: string, domain: string): Mailbox {
  const rule = ruleOfDomain.get(domain);
  if (rule === undefined) {
    const dot = domain.indexOf('.');
    const parent = domain.slice(dot + 1);
    if (ruleOfDomain.get(parent)?.hasSubdomains) return { name: domain.slice(0, dot), domain: parent, isAlias: true };
  }
  const tag = local.indexOf('+');
  const untagged = tag > 0 ? local.slice(0, tag) : local;
  const name = rule === undefined ? untagged : respell(untagged, rule);
  return { name, domain: rule?.domains[0] ?? domain, isAlias: tag > 0 };
}

function respell(name: string, { ignored, dotIs }: MailboxRule): string {
  const spelled = dotIs === undefined ? name : name.replaceAll('.', dotIs);
  // A name of dots alone is no mailbox of the provider's: it stays apart from the others.
  return (ignored === undefined ? spelled : spelled.replace(ignored, '')) || spelled;
}
