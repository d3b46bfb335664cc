import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { eventually } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { DASHBOARD_FILE } from './dashboard.js';

const RULES = new URL('../../prometheus/rules.yaml', import.meta.url);

const cluster = useCluster(1);
