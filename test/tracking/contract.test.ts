import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parsedRecord } from '../../src/pipeline/journal.js';
import { builtins } from '../../src/app/builtins.js';
import type { RunRecord } from '../../src/registry/kinds/record.js';
import { loadPlugins } from '../../src/registry/plugins.js';
import { MlflowTracker } from '../../src/tracking/mlflow/mlflow-tracker.js';
import { contract, block, PASSWORD, type TrackerCase } from './contract.js';
import { outage } from './mlflow/fake-mlflow.js';
import { MlflowRig } from './mlflow/rig.js';
import { metric, never, runStarted, TensorBoardRig } from './tensorboard/rig.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const plugin = join(root, 'examples', 'csv-tracker.mjs');
const components = builtins();
await loadPlugins([plugin], components);

/** A new kind fails the build here until it is in the list, and the test until it is in the documentation. */
const KINDS: Readonly<Record<RunRecord['kind'], true>> = {
  'run-started': true,
  'run-ended': true,
  'stage-started': true,
  'stage-finished': true,
  'stage-failed': true,
  'stage-interrupted': true,
  'set-aside': true,
  metric: true,
  image: true,
  text: true,
  histogram: true,
  checkpoint: true,
  note: true,
};

const cases: Readonly<Record<string, () => Promise<TrackerCase> | TrackerCase>> = {
  async tensorboard() {
    const rig = await TensorBoardRig.create();
    return {
      component: components.tracker.get('tensorboard'),
      places: [
        [{}, {}],
        [{}, { MLFLOW_TRACKING_PASSWORD: PASSWORD }],
      ],
      runDir: rig.runDir,
      own: ['events.out.tfevents.'],
      open: (state) => rig.open(state),
      points: (name) => rig.points(name),
      traces: () => readdir(rig.runDir, { recursive: true }),
      breakDown: () => block(rig.dir, 'file'),
      remove: () => rig.remove(),
    };
  },

  mlflow() {
    const rig = new MlflowRig();
    rig.options = { ...rig.options, artifacts: [] };
    const component = components.tracker.get('mlflow');
    const silent = createServer();
    return {
      component,
      places: [
        [{ ...rig.options, uri: 'https://lab.example:5000', experiment: 'zebras' }, {}],
        [
          { ...rig.options, uri: null },
          {
            MLFLOW_TRACKING_URI: `https://ada:${PASSWORD}@lab.example:5000/`,
            MLFLOW_EXPERIMENT_NAME: 'zebras',
            MLFLOW_TRACKING_USERNAME: 'ada',
            MLFLOW_TRACKING_PASSWORD: PASSWORD,
            MLFLOW_TRACKING_TOKEN: PASSWORD,
          },
        ],
      ],
      runDir: rig.runDir,
      own: [],
      open: (state) => {
        rig.state = state;
        return new MlflowTracker(rig.server.client, rig.options, rig.site());
      },
      points: (name) => {
        assert.equal(rig.server.runs.length, 1, 'one run here is one run there');
        return Promise.resolve(rig.server.run.history(name));
      },
      traces: () => Promise.resolve(rig.server.calls),
      // The points arrive, but the response is lost.
      breakDown: () => {
        rig.server.fail = (call, when) => (call === 'log' && when === 'after' ? outage() : undefined);
        return Promise.resolve(() => Promise.resolve(void (rig.server.fail = undefined)));
      },
      async unanswered() {
        await once(silent.listen(0, '127.0.0.1'), 'listening');
        const uri = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
        const waiting = once(silent, 'connection');
        return { tracker: component.create({ ...rig.options, uri } as never, rig.site()), waiting };
      },
      remove: () => {
        silent.close();
        rig.remove();
      },
    };
  },

  /** The example of the documentation. */
  async csv() {
    const runDir = await mkdtemp(join(tmpdir(), 'csv-tracker-'));
    const mlflow = new MlflowRig();
    const component = components.tracker.get('csv');
    return {
      component,
      places: [
        [{ file: 'metrics.csv' }, {}],
        [{ file: 'metrics.csv' }, { MLFLOW_TRACKING_PASSWORD: PASSWORD }],
      ],
      runDir,
      own: ['metrics.csv'],
      open: (state) => component.create({ file: 'metrics.csv' } as never, { ...mlflow.site(), runDir, state }),
      points: async (name) => {
        const [header, ...lines] = (await readFile(join(runDir, 'metrics.csv'), 'utf8')).trim().split('\n');
        assert.equal(header, 'time,step,name,value');
        const rows = lines.map((line) => line.split(','));
        return rows.filter((row) => row[2] === name).map((row) => [Number(row[1]), Number(row[3])] as const);
      },
      traces: () => readdir(runDir, { recursive: true }),
      breakDown: () => block(join(runDir, 'metrics.csv'), 'folder'),
      remove: async () => {
        mlflow.remove();
        await rm(runDir, { recursive: true });
      },
    };
  },
};

for (const [name, make] of Object.entries(cases)) contract(name, make, { waitsForOthers: name === 'mlflow' });

describe('trackers', () => {
  test('are all tested by the contract', () => {
    assert.deepEqual(components.tracker.names().sort(), Object.keys(cases).sort());
  });

  test('have an example that the documentation shows unchanged', async () => {
    const page = await readFile(join(root, 'docs', 'tracking.md'), 'utf8');
    assert.ok(page.includes(`\`\`\`js\n${await readFile(plugin, 'utf8')}\`\`\``));
  });

  test('are documented with a line of each kind of record', async () => {
    const page = await readFile(join(root, 'docs', 'tracking.md'), 'utf8');
    const lines = /```json\n([^]*?)```/.exec(page)![1]!.trim().split('\n');
    const kinds = lines.map((line) => parsedRecord(line)?.kind ?? line);
    assert.deepEqual(kinds.sort(), Object.keys(KINDS).sort());
  });

  test('are documented with every option of MLflow in the table', async () => {
    const page = await readFile(join(root, 'docs', 'tracking.md'), 'utf8');
    const rows = /\| `tracking\.mlflow`[^]*?\n\n/.exec(page)![0].split('\n').slice(2);
    const options = rows.flatMap((row) => /^\| `(\w+)`/.exec(row)?.[1] ?? []);
    assert.deepEqual(options, Object.keys(components.tracker.get('mlflow').schema.properties));
  });

  test('leave TensorBoard’s files unchanged once closed, even if the caller did not wait for the last batch', async () => {
    const rig = await TensorBoardRig.create();
    try {
      const tracker = rig.open(undefined);
      const taking = tracker.take([runStarted(), metric('loss/G/total', 1)], never);
      await tracker.close?.();
      const closed = await rig.points('loss/G/total');
      await taking;
      assert.deepEqual(closed, await rig.points('loss/G/total'));
    } finally {
      await rig.remove();
    }
  });

  test('have an example that asks for all records again when its file is gone', async () => {
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
