import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { config, Rig } from '../rig.js';

const lambda = (value: number) => ({ adversarial: 'bce', lambda: { forward: value, backward: value }, identity: 0.5 });

describe('the run that a new run is compared with', () => {
  let rig: Rig;
  beforeEach(async () => (rig = await Rig.create()));
  afterEach(() => rig.remove());

  /** @returns the run's name */
  async function runOf(changes: Parameters<typeof config>[0]): Promise<string> {
    const outcome = await rig.run(config(changes));
    assert.equal(outcome.status, 'done');
    return basename(('plan' in outcome && outcome.plan?.runDir) || '');
  }

  async function reasonsFor(changes: Parameters<typeof config>[0]): Promise<Record<string, string>> {
    await rig.run(config(changes), { dryRun: true });
    return rig.reasons();
  }

  test('is the one with the fewest differences over all stages, not the latest', async () => {
    const near = await runOf({ seed: 1, loss: lambda(10) });
    await runOf({ seed: 2, loss: lambda(5) });
    const { learn, judge } = await reasonsFor({ seed: 1, loss: lambda(7) });
    assert.equal(learn, `fresh: new run; compared with ${near}: loss.lambda: 10 -> 7`);
    assert.equal(judge, `fresh: new run; compared with ${near}: its input learn changed`);
  });

  test('is the nearest even if only a later stage differs', async () => {
    const near = await runOf({ seed: 1, evaluate: { samples: 4, metrics: [] } });
    await runOf({ seed: 2, evaluate: { samples: 9, metrics: [] } });
    const { learn, judge } = await reasonsFor({ seed: 3, evaluate: { samples: 4, metrics: [] } });
    assert.equal(learn, `fresh: new run; compared with ${near}: seed: 1 -> 3`);
    assert.equal(judge, `fresh: new run; compared with ${near}: its input learn changed`);
  });

  test('is the nearest even if only the shared data differ', async () => {
    const data = (limit: number) => ({ ...config().dataset, limit });
    const near = await runOf({ seed: 1, dataset: data(4) });
    await runOf({ seed: 2, dataset: data(5) });
    const { learn } = await reasonsFor({ seed: 3, dataset: data(4) });
    assert.equal(learn, `fresh: new run; compared with ${near}: seed: 1 -> 3`);
  });

  test('is the latest of several that are equally near', async () => {
    await runOf({ seed: 1 });
    const latest = await runOf({ seed: 2 });
    assert.equal((await reasonsFor({ seed: 3 }))['learn'], `fresh: new run; compared with ${latest}: seed: 2 -> 3`);
  });

  test('is the nearest among hundreds, however old', async () => {
    const near = await runOf({ seed: 1, loss: lambda(10) });
    const far = join(rig.runs, await runOf({ seed: 2, loss: lambda(5) }));
    for (let copy = 0; copy < 150; copy++) {
      await cp(far, join(rig.runs, `toy-${String(copy).padStart(8, '0')}`), { recursive: true });
    }
    const { learn } = await reasonsFor({ seed: 1, loss: lambda(7) });
    assert.equal(learn, `fresh: new run; compared with ${near}: loss.lambda: 10 -> 7`);
  });
});
