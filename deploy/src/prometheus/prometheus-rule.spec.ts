import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PROMETHEUS_RULE_FILE, prometheusRuleText } from './prometheus-rule.js';

it('The Prometheus operator is given the rules as they are (npm run dashboards)', () => {
  expect(parse(readFileSync(PROMETHEUS_RULE_FILE, 'utf8'))).toEqual(parse(prometheusRuleText()));
});
