import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Rig, Running } from '../rig.js';
import { readTrial } from '../../src/sweep/trial/record.js';
import { begun, starts, theSweep } from '../sweep/toy.js';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

/** Six trials: of the toy's, 13 fails and 9 is killed. */
export const SWEEP = [
  'sweep',
  'toy.yaml',
  '--set',
  'loss.lambda=1,2,13,9,5,6',
  '--set',
  'train.epochs=40',
  '--jobs',
  '2',
];

export function startSweep(
  rig: Rig,
  launcher: string,
  env: NodeJS.ProcessEnv,
  words: readonly string[] = [...SWEEP, '--launcher', launcher],
): Running {
  return new Running(
    spawn(process.execPath, [bin, ...words], { cwd: rig.dir, env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

/** Kills the command in the middle and types it again: trials go on by themselves, and none is begun twice. @param sweep types it */
export async function killedAndTypedAgain(rig: Rig, sweep: (rig: Rig) => Running): Promise<void> {
  writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
  const running = sweep(rig);
  await begun(rig, 2);
  running.process.kill('SIGKILL');
  await running.ended;
  const again = await sweep(rig).ended;
  assert.equal(again.code, 0, again.output);
  assert.deepEqual(Object.values(starts(rig)), [1, 1, 1, 1, 1, 1]);
}

export async function attemptsOf(rig: Rig, trial: number) {
  return (await readTrial(await theSweep(rig), trial))?.attempts ?? [];
}
