import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../src/cli/ui/server.js';
import { Experiment } from '../e2e/rig.js';
import { until, WITHIN } from '../until.js';
import { isAnswering, mlflowPython } from './mlflow-server.js';
import { servicesPython } from './python.js';
import { fetchUntil } from './tensorboard-server.js';

test('`runner ui` lets the real TensorBoard list the runs and the real MLflow receive the next one, and ends both', async () => {
  const experiment = await Experiment.create();
  try {
    const bin = join(experiment.dir, 'bin');
    await mkdir(bin);
    await program(join(bin, 'tensorboard'), [servicesPython(), '-m', 'tensorboard.main']);
    await program(join(bin, 'mlflow'), [mlflowPython(), '-m', 'mlflow']);
    const [board, mlflow] = [await freePort('127.0.0.1', 6100), await freePort('127.0.0.1', 5200)];
    const uri = `http://127.0.0.1:${mlflow}`;
    Object.assign(experiment.env, { PATH: `${bin}:${process.env['PATH']}`, MLFLOW_TRACKING_URI: uri });
    const { process: child, ended } = experiment.start('ui', '--port', String(board));
    await until(`an answer of ${uri}`, {
      within: WITHIN.server,
      look: () => isAnswering(`${uri}/health`),
      is: Boolean,
      unless: () => child.exitCode !== null,
      every: 200,
    });

    const set = ['--set', 'tracking={tensorboard: {}, mlflow: {}}', '--set', 'export.formats=[weights]'];
    const run = await experiment.run('run', 'tiny.yaml', ...set);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const name = (await experiment.runDir()).split('/').at(-1)!;
    assert.deepEqual(await fetchUntil<string[]>(`http://127.0.0.1:${board}/data/runs`, (runs) => runs.length > 0), [
      name,
    ]);
    const found = await fetch(`${uri}/api/2.0/mlflow/experiments/get-by-name?experiment_name=tiny`);
    assert.equal(found.status, 200);

    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stdout + stderr);
    for (const address of [`http://127.0.0.1:${board}/`, `${uri}/health`])
      await assert.rejects(fetch(address), address);
  } finally {
    await experiment.remove();
  }
});

async function program(file: string, [command, ...args]: readonly string[]): Promise<void> {
  await writeFile(file, `#!/bin/sh\nexec "${command}" ${args.join(' ')} "$@"\n`);
  await chmod(file, 0o755);
}
