import { expect, it } from 'vitest';
import { prometheusConfig } from '../../servers/prometheus.ts';

it('scrapes the targets of one job under that job, at the interval of the rules', () => {
  const scrapeTargets = [
    { job: 'winnow', address: '127.0.0.1:1' },
    { job: 'kafka', address: '127.0.0.1:2' },
    { job: 'winnow', address: '127.0.0.1:3' },
  ];
  expect(prometheusConfig({ scrapeTargets, ruleFiles: ['/rules.yaml'], scrapeIntervalMs: 500 })).toEqual({
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: ['/rules.yaml'],
    scrape_configs: [
      { job_name: 'winnow', static_configs: [{ targets: ['127.0.0.1:1', '127.0.0.1:3'] }] },
      { job_name: 'kafka', static_configs: [{ targets: ['127.0.0.1:2'] }] },
    ],
  });
});
