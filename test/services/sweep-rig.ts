import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { type Rig, Running } from '../rig.js';
import { readTrial } from '../../src/sweep/trial/record.js';

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

/** How often each experiment was begun: `10 42` to a number. */
export function starts(rig: Rig): Record<string, number> {
  const path = join(rig.dir, 'starts.txt');
  const counts: Record<string, number> = {};
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []) {
    counts[line] = (counts[line] ?? 0) + 1;
  }
  return counts;
}

/** The folder of the one sweep there is. */
export async function theSweep(rig: Rig): Promise<string> {
  const names = await readdir(join(rig.runs, 'sweeps'));
  if (names.length !== 1) throw new Error(`expected one sweep, found ${names.join(', ')}`);
  return join(rig.runs, 'sweeps', names[0]!);
}

/** The state of each trial in sweep.csv, by lambda. */
export async function table(rig: Rig): Promise<Record<string, string>> {
  const text = await readFile(join(await theSweep(rig), 'sweep.csv'), 'utf8');
  const rows = parse<{ 'loss.lambda': string; state: string }>(text, { columns: true });
  return Object.fromEntries(rows.map((row) => [row['loss.lambda'], row.state]));
}

export async function attemptsOf(rig: Rig, trial: number) {
  return (await readTrial(await theSweep(rig), trial))?.attempts ?? [];
}
