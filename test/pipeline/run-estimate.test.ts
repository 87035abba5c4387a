import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunnerEvent } from '../../src/pipeline/runner-events.js';
import { tellEstimates } from '../../src/pipeline/run-estimate.js';
import { builtins } from '../../src/app/builtins.js';
import { config, stage } from '../rig.js';

const estimate = () => ({ bytes: 610e9, seconds: 2512, unit: 'step', cure: 'Lower it.' });

interface Case {
  readonly action?: string;
  readonly dryRun?: boolean;
  /** Of memory; null where the work is done elsewhere. */
  readonly bytes?: number | null;
  readonly known?: boolean;
}

/** What is said of a stage before it is started. */
function said({ action = 'fresh', dryRun = false, bytes = 25e9, known = true }: Case = {}) {
  const events: RunnerEvent[] = [];
  const component = {
    ...stage(),
    create: () => ({ run: () => Promise.reject(new Error()), ...(known && { estimate }) }),
  };
  const planned = { stage: { name: 'train', options: {}, reads: [], component }, action };
  const request = { experiment: { config: config() }, components: builtins(), dryRun, listen: (event: RunnerEvent) => events.push(event) }; // prettier-ignore
  tellEstimates([planned] as never, request as never, { bytes: bytes ?? undefined, cores: 2 });
  return events;
}

test('a stage that will not fit is a warning with the numbers and what to change, before it starts', () => {
  const text =
    'train needs about 610 GB of memory and roughly 40 min a step on 2 cores, and there are 25 GB of memory here: it would be killed. Lower it.';
  assert.deepEqual(said(), [{ kind: 'note', level: 'warning', text }]);
});

test('one that fits is told of by a dry run only', () => {
  assert.deepEqual(said({ bytes: 900e9 }), []);
  const text = 'train: about 610 GB of memory and roughly 40 min a step on 2 cores, estimated';
  assert.deepEqual(said({ bytes: 900e9, dryRun: true }), [{ kind: 'note', level: 'info', text }]);
});

test('nothing is said of a stage that does not run, has no estimate, or works on a graphics card', () => {
  for (const action of ['skip', 'leave']) assert.deepEqual(said({ action }), []);
  assert.deepEqual(said({ known: false }), []);
  assert.deepEqual(said({ bytes: null, dryRun: true }), []);
});
