import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { builtins } from '../../src/registry/builtins.js';
import { loadPlugins } from '../../src/registry/plugins.js';
import { MlflowTracker } from '../../src/tracking/mlflow/tracker.js';
import { contract, type TrackerCase } from './contract.js';
import { MlflowRig } from './mlflow/rig.js';
import { TensorBoardRig } from './tensorboard/rig.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const plugin = join(root, 'examples', 'csv-tracker.mjs');
const components = builtins();
await loadPlugins([plugin], components);

const cases: Readonly<Record<string, () => Promise<TrackerCase> | TrackerCase>> = {
  async tensorboard() {
    const rig = await TensorBoardRig.create();
    return {
      open: (state) => rig.open(state),
      points: (name) => rig.points(name),
      traces: () => readdir(rig.runDir, { recursive: true }),
      remove: () => rig.remove(),
    };
  },

  mlflow() {
    const rig = new MlflowRig();
    rig.options = { ...rig.options, artifacts: [] };
    return {
      open: (state) => {
        rig.state = state;
        return new MlflowTracker(rig.server.client, rig.options, rig.site());
      },
      points: (name) => Promise.resolve(rig.server.run.history(name)),
      traces: () => Promise.resolve(rig.server.calls),
      remove: () => rig.remove(),
    };
  },

  /** The documentation's example. */
  async csv() {
    const runDir = await mkdtemp(join(tmpdir(), 'csv-tracker-'));
    const mlflow = new MlflowRig();
    return {
      open: (state) =>
        components.tracker.get('csv').create({ file: 'metrics.csv' } as never, { ...mlflow.site(), runDir, state }),
      points: async (name) => {
        const [header, ...lines] = (await readFile(join(runDir, 'metrics.csv'), 'utf8')).trim().split('\n');
        assert.equal(header, 'time,step,name,value');
        const rows = lines.map((line) => line.split(','));
        return rows.filter((row) => row[2] === name).map((row) => [Number(row[1]), Number(row[3])] as const);
      },
      traces: () => readdir(runDir, { recursive: true }),
      remove: async () => {
        mlflow.remove();
        await rm(runDir, { recursive: true });
      },
    };
  },
};

for (const [name, make] of Object.entries(cases)) contract(name, make);

describe('trackers', () => {
  test('all are held to the contract', () => {
    assert.deepEqual(components.tracker.names().sort(), Object.keys(cases).sort());
  });

  test('the example is what the documentation shows', async () => {
    const page = await readFile(join(root, 'docs', 'tracking.md'), 'utf8');
    assert.ok(page.includes(`\`\`\`js\n${await readFile(plugin, 'utf8')}\`\`\``));
  });

  test('the example asks for everything again when its file is gone', async () => {
    const one = await cases['csv']!();
    try {
      const error = await one
        .open({ size: 50 })
        .take([{ kind: 'note', stage: '', name: 'info', step: null, time: 1, value: '' }], new AbortController().signal)
        .catch((reason: unknown) => reason);
      assert.equal((error as Error).name, 'StartOver');
    } finally {
      await one.remove();
    }
  });
});
