import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunnerEvent } from '../../src/pipeline/runner-events.js';
import { reportEstimates } from '../../src/pipeline/run-estimate.js';
import { builtins } from '../../src/app/builtins.js';
import { config, stage } from '../rig.js';

const estimate = () => ({ bytes: 610e9, seconds: 2512, unit: 'step', cure: 'Lower it.' });

interface Case {
  readonly action?: string;
  readonly dryRun?: boolean;
  /** Memory; null if the work runs on a GPU. */
  readonly bytes?: number | null;
  readonly known?: boolean;
}

/** The notes on a stage before it starts. */
function notes({ action = 'fresh', dryRun = false, bytes = 25e9, known = true }: Case = {}) {
  const events: RunnerEvent[] = [];
  const component = {
    ...stage(),
    create: () => ({ run: () => Promise.reject(new Error()), ...(known && { estimate }) }),
  };
  const planned = { stage: { name: 'train', options: {}, sees: [], component }, action };
  const request = { experiment: { config: config() }, components: builtins(), dryRun, listen: (event: RunnerEvent) => events.push(event) }; // prettier-ignore
  reportEstimates([planned] as never, request as never, { bytes: bytes ?? undefined, cores: 2 });
  return events;
}

test('a stage that will not fit into memory causes a warning with the numbers and a remedy, before it starts', () => {
  const text =
    'train needs about 610 GB of memory and roughly 40 min a step on 2 cores, and there are 25 GB of memory here: it would be killed. Lower it.';
  assert.deepEqual(notes(), [{ kind: 'note', level: 'warning', text }]);
});

test('the estimate of a stage that fits is only reported by a dry run', () => {
  assert.deepEqual(notes({ bytes: 900e9 }), []);
  const text = 'train: about 610 GB of memory and roughly 40 min a step on 2 cores, estimated';
  assert.deepEqual(notes({ bytes: 900e9, dryRun: true }), [{ kind: 'note', level: 'info', text }]);
});

test('no estimate is reported for a stage that does not run, has none, or runs on a GPU', () => {
  for (const action of ['skip', 'leave']) assert.deepEqual(notes({ action }), []);
  assert.deepEqual(notes({ known: false }), []);
  assert.deepEqual(notes({ bytes: null, dryRun: true }), []);
});
