import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Rig, Running } from '../rig.js';
import { readTrial } from '../../src/sweep/trial/record.js';
import { theSweep } from '../sweep/toy.js';

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

export async function attemptsOf(rig: Rig, trial: number) {
  return (await readTrial(await theSweep(rig), trial))?.attempts ?? [];
}
