import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { importStage } from '../../src/stages/import.js';
import { ProblemError } from '../../src/support/problem.js';
import { config } from '../rig.js';

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'import-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const identity = (options: object) => importStage.create(options).identity!({} as never);

test('imported networks are identified by their content, not by where it lies', async (t) => {
  const dir = await folder(t);
  const [a, b] = [join(dir, 'a.pth'), join(dir, 'b.pth')];
  await writeFile(a, 'weights');
  await copyFile(a, b);
  const first = await identity({ G: a });
  assert.deepEqual(await identity({ G: b }), first);
  assert.notDeepEqual(await identity({ F: a }), first, 'another network');
  await writeFile(b, 'other weights');
  assert.notDeepEqual(await identity({ G: b }), first);
});

test('the paths of checkpoints are no part of a run’s name, whatever its stage is called', () => {
  const stages = { mine: { type: 'import', needs: [], G: '/a.pth' }, export: { type: 'export', needs: ['mine'] } };
  const covered = importStage.coveredByIdentity!(config({ stages }), {} as never);
  assert.ok(covered.includes('stages.mine.G'));
  assert.ok(covered.every((path) => path.startsWith('stages.mine.')));
});

test('a missing checkpoint is told before anything runs', async (t) => {
  const path = join(await folder(t), 'none.pth');
  await assert.rejects(identity({ G: path }), (error: unknown) => {
    return error instanceof ProblemError && error.problems[0]!.message.includes(path);
  });
});
