import { basename, dirname, join } from 'node:path';
import { SPLITS } from '../registry/kinds/dataset.js';
import { isJsonObject, type Json } from '../support/json.js';
import { lockHolder } from '../support/lock.js';
import { isSides, sizeName } from '../support/sides.js';
import { storeRoot } from '../pipeline/paths.js';
import type { StageRecord } from '../pipeline/stage-record.js';
import { bytesOnDisk } from '../pipeline/storage/disk-usage.js';
import { type StoreEntry, storeEntries } from '../pipeline/storage/store-entries.js';
import { isLeased } from '../support/leases.js';
import { removeLeftover, storeLeftovers } from '../pipeline/storage/leftovers.js';
import { neededEntries } from '../pipeline/storage/needed-entries.js';
import { RECENTLY_MS, removeEntry } from '../pipeline/storage/remove-entry.js';
import { type CleanRequest, isOld, type Removable, type UnusedSurvey, surveyEach } from './removable.js';

/** Results in runs/.store that no run needs. */
export async function storeItems(request: CleanRequest): Promise<UnusedSurvey> {
  const { runsRoot } = request;
  const entries = await storeEntries(runsRoot);
  const needed = await neededEntries(runsRoot, entries);
  const unneeded = entries.filter((entry) => !needed.has(entry.name) && isOld(entry.lastUsed, request));
  const survey = await surveyEach(unneeded, 'Inspecting prepared results', async (entry) =>
    (await isInUse(entry)) ? {} : { items: [await entryItem(entry)] },
  );
  return { ...survey, items: await beyondLimit(survey.items, request) };
}

async function isInUse({ dir, fingerprint, lastUsed }: StoreEntry): Promise<boolean> {
  if (Date.now() - lastUsed < RECENTLY_MS) return true;
  const lock = join(dirname(dir), `${fingerprint}.lock`);
  return (await lockHolder(lock)) !== undefined || (await isLeased(dir));
}

/** The least recently used items that must be removed to meet the limit. */
async function beyondLimit(items: readonly Removable[], { storeLimit, runsRoot }: CleanRequest): Promise<Removable[]> {
  if (storeLimit === undefined) return [...items];
  let left = await bytesOnDisk(storeRoot(runsRoot));
  return items.filter(({ bytes }) => {
    if (left <= storeLimit) return false;
    left -= bytes;
    return true;
  });
}

async function entryItem(entry: StoreEntry): Promise<Removable> {
  const { dir, record, setAside, lastUsed, type } = entry;
  const made = record === undefined ? 'made by another version of runner, or damaged' : `made by run ${record.run}`;
  return {
    kind: setAside ? 'set-aside' : 'result',
    path: dir,
    bytes: await bytesOnDisk(dir),
    since: lastUsed,
    what: [type, ...images(record), made].join(', '),
    why: setAside ? 'a newer result has replaced it' : 'no run uses it',
    remove: () => removeEntry(entry),
  };
}

/** The images of a result according to its record: `horse2zebra, 256 px, 2661 images`. */
function images(record: StageRecord | undefined): string[] {
  const dataset = record?.parts.config['dataset'];
  if (record === undefined || !isJsonObject(dataset)) return [];
  const { name, type, image_size: size } = dataset;
  const counts = SPLITS.map((split) => record.outputs[split]).filter(isNumber);
  const count = counts.reduce((sum, number) => sum + number, 0);
  return [
    ...[name ?? type].filter((text) => typeof text === 'string'),
    ...(isSides(size) ? [`${sizeName(size)} px`] : []),
    ...(count > 0 ? [`${count} image${count === 1 ? '' : 's'}`] : []),
  ];
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number';
}

/** Leftovers of dead processes in runs/.store. */
export async function storeLeftoverItems({ runsRoot }: CleanRequest): Promise<Partial<UnusedSurvey>> {
  return { items: await Promise.all((await storeLeftovers(runsRoot)).map(leftoverItem)) };
}

async function leftoverItem(path: string): Promise<Removable> {
  return {
    kind: 'leftover',
    path,
    bytes: await bytesOnDisk(path),
    since: 0,
    what: basename(path).startsWith('.tmp-') ? 'a half-built result' : 'a lock',
    why: 'the process that made it is dead',
    remove: async () => {
      await removeLeftover(path);
      return 'removed';
    },
  };
}
