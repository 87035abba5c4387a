import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Rig, Running } from '../rig.js';
import { untilThere } from '../until.js';
import { readTrial } from '../../src/sweep/trial/trial-record.js';
import { begun, starts, theSweep } from '../sweep/toy.js';

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));

const LAMBDAS = [1, 2, 13, 9, 5, 6];

/** Six trials of the toy: 13 fails and 9 is killed. */
export const SWEEP = [
  'sweep',
  'toy.yaml',
  '--set',
  `loss.lambda=${LAMBDAS.join()}`,
  '--set',
  'train.epochs=40',
  '--jobs',
  '2',
];

export function startSweep(
  rig: Rig,
  launcher: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [...SWEEP, '--launcher', launcher],
): Running {
  return new Running(spawn(process.execPath, [bin, ...args], { cwd: rig.dir, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Kills the command in the middle and runs it again: trials continue, and none starts twice. @param sweep starts the command */
export async function assertSurvivesKill(rig: Rig, sweep: (rig: Rig) => Running): Promise<void> {
  writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
  const running = sweep(rig);
  await begun(rig, 2, running);
  running.process.kill('SIGKILL');
  await running.ended;
  const again = await sweep(rig).ended;
  assert.equal(again.code, 0, again.output);
  assert.deepEqual(Object.values(starts(rig)), [1, 1, 1, 1, 1, 1]);
}

/** The launcher's handle of a trial. */
export async function handleOf(rig: Rig, trial: number): Promise<string> {
  const path = join(await theSweep(rig), 'trials', String(trial), 'job.json');
  // A trial can start before the command has written its handle.
  await untilThere(path);
  return (JSON.parse(await readFile(path, 'utf8')) as { handle: string }).handle;
}

/** The experiments that are done now: `10 42`. */
export async function doneSoFar(rig: Rig): Promise<string[]> {
  const dir = await theSweep(rig);
  const records = await Promise.all(LAMBDAS.map((_, index) => readTrial(dir, index + 1)));
  return LAMBDAS.filter((_, index) => records[index]?.status === 'done').map((lambda) => `${lambda} 42`);
}

/** Checks that all experiments started, some maybe twice. @param not those that were done before the fault */
export function assertStartedAgain(rig: Rig, { not }: { readonly not: readonly string[] }): void {
  const counts = starts(rig);
  assert.equal(Object.keys(counts).length, LAMBDAS.length);
  for (const [experiment, count] of Object.entries(counts)) {
    assert.ok(count === 1 || (count === 2 && !not.includes(experiment)), `${experiment} was begun ${count} times`);
  }
}

export async function attemptsOf(rig: Rig, trial: number) {
  return (await readTrial(await theSweep(rig), trial))?.attempts ?? [];
}
