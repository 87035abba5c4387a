import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describeHolder, lockHolder, removeLocked } from '../support/lock.js';
import { runNames } from '../pipeline/find-run.js';
import { runFile } from '../pipeline/paths.js';
import { readRecord } from '../pipeline/stage-record.js';
import { stageSetAside } from '../pipeline/set-aside.js';
import { bytesOnDisk } from '../pipeline/storage/disk-usage.js';
import { foldersIn } from '../pipeline/storage/store-entries.js';
import { type CleanRequest, isOld, type Removable, type UnusedSurvey, surveyEach } from './removable.js';

/** Files of runs that were set aside, damaged or left unfinished. Skips runs that a process works on. */
export async function runItems(request: CleanRequest): Promise<UnusedSurvey> {
  const runs = await runNames(request.runsRoot);
  return surveyEach(runs, 'Inspecting runs', (name) => itemsOf(name, request));
}

async function itemsOf(name: string, request: CleanRequest): Promise<Partial<UnusedSurvey>> {
  const runDir = join(request.runsRoot, name);
  const found = [...(await setAside(runDir)), ...(await checkpoints(runDir))];
  const holder = await lockHolder(runFile.lock(runDir));
  if (holder === undefined)
    return { items: found.filter(({ kind, since }) => kind === 'leftover' || isOld(since, request)) };
  if (found.length === 0) return {};
  return { notes: [`Run ${name} is left alone: it is being worked on by ${describeHolder(holder)}.`] };
}

async function setAside(runDir: string): Promise<Removable[]> {
  const folders = await foldersIn(runDir);
  const items: Removable[] = [];
  for (const folder of folders) {
    const stage = stageSetAside(folder);
    const dir = join(runDir, folder);
    // Another folder with such a name has neither a record nor a stage's folder next to it.
    if (stage === undefined || !((await readRecord(dir)) !== undefined || folders.includes(stage))) continue;
    const what = `${stage} of run ${basename(runDir)}`;
    items.push(await item(runDir, dir, 'set-aside', what, 'set aside when the run computed it again'));
  }
  return items;
}

/** Damaged checkpoints, and those whose process died while it wrote them. */
async function checkpoints(runDir: string): Promise<Removable[]> {
  const items: Removable[] = [];
  for (const stage of await foldersIn(runDir)) {
    if (stageSetAside(stage) !== undefined) continue;
    const dir = join(runDir, stage, 'checkpoints');
    for (const name of await foldersIn(dir)) {
      const whose = `of ${stage} of run ${basename(runDir)}`;
      const path = join(dir, name);
      if (/^damaged-step-\d+$/.test(name)) {
        const what = `checkpoint ${name.replace('damaged-', '')} ${whose}`;
        items.push(await item(runDir, path, 'checkpoint', what, 'damaged: nothing can be restored from it'));
      } else if (name.startsWith('.building-')) {
        const what = `a half-written checkpoint ${whose}`;
        items.push(await item(runDir, path, 'leftover', what, 'the process that wrote it is dead'));
      }
    }
  }
  return items;
}

async function item(
  runDir: string,
  path: string,
  kind: Removable['kind'],
  what: string,
  why: string,
): Promise<Removable> {
  const [bytes, folder] = [await bytesOnDisk(path), await stat(path).catch(() => undefined)];
  const since = folder?.ctimeMs ?? 0;
  return { kind, path, bytes, since, what, why, remove: () => removeLocked(runFile.lock(runDir), path) };
}
