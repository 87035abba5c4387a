import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { builtins } from '../../src/app/builtins.js';
import { loadConfig } from '../../src/config/load.js';
import { plan } from '../../src/pipeline/plan.js';

const configs = fileURLToPath(new URL('../../../configs/', import.meta.url));

/** A new name would lose users the runs that they have: see `x-neutral` in src/registry/component.ts. */
const NAMES = [
  'facades-ccfee8d3',
  'horse2zebra-2d39281e',
  'horse2zebra-64-29b401c8',
  'horse2zebra-cut-4836421c',
  'horse2zebra-resnet-64-9d3cccfc',
  'horse2zebra-resnet-e3bd0049',
  'quickstart-c9f01a40',
  'quickstart-pairs-9d3fe491',
];

for (const expected of NAMES) {
  const file = `${expected.replace(/-[0-9a-f]{8}$/, '')}.yaml`;
  test(`a run of configs/${file} is called as before`, async (t) => {
    const cwd = await mkdtemp(join(tmpdir(), 'names-'));
    t.after(() => rm(cwd, { recursive: true, force: true }));
    const components = builtins();
    const loaded = await loadConfig({ file, overrides: [], components, cwd: configs, multipliesBfloat16: () => false });
    assert.ok(loaded.ok);
    const runsRoot = join(cwd, 'runs');
    const planned = await plan({ experiment: loaded.value, components, runsRoot, cwd }, new AbortController().signal);
    assert.ok(planned.ok, JSON.stringify(planned));
    assert.equal(planned.value.runName, expected);
  });
}
