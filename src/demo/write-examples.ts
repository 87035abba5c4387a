import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { openStore, type PreparedStore } from '../data/store/prepared-store.js';
import { findStages } from '../pipeline/status/stage-records.js';
import { writeFileAtomic } from '../support/files.js';
import type { ExampleFacts } from '../web/demo-facts.js';

const FOLDER = 'examples';

/**
 * Writes some of a run's test images into a demo's folder, as they were prepared.
 *
 * @param domains of which images are wanted
 * @param count of each domain, at most
 * @returns them; none where the run's prepared images are gone
 */
export async function writeExamples(
  dir: string,
  runDir: string,
  domains: readonly Domain[],
  count: number,
): Promise<readonly ExampleFacts[]> {
  const store = await preparedImages(runDir);
  if (store === undefined) return [];
  try {
    await mkdir(join(dir, FOLDER), { recursive: true });
    const examples: ExampleFacts[] = [];
    for (const domain of domains) examples.push(...(await writeImages(store, domain, count, dir)));
    return examples;
  } finally {
    await store.close();
  }
}

type Domain = ExampleFacts['domain'];

/** Spread over all test images of a domain. */
async function writeImages(store: PreparedStore, domain: Domain, count: number, dir: string): Promise<ExampleFacts[]> {
  const split = `test${domain}` as const;
  const chosen = Math.min(count, store.count(split));
  const examples: ExampleFacts[] = [];
  for (let i = 0; i < chosen; i++) {
    const { data, width, height } = await store.read(split, Math.floor((i * store.count(split)) / chosen));
    const file = `${FOLDER}/${domain}-${i + 1}.png`;
    const png = sharp(data, { raw: { width, height, channels: 3 } }).png();
    await writeFileAtomic(join(dir, file), await png.toBuffer());
    examples.push({ file, domain });
  }
  return examples;
}

/** The images that the run was trained on, if they are still there. */
async function preparedImages(runDir: string): Promise<PreparedStore | undefined> {
  const { stages } = await findStages(runDir);
  for (const { record } of stages) {
    const dataset = record?.inputs['dataset'];
    if (dataset === undefined) continue;
    const store = await openStore(join(dirname(runDir), dataset.dir)).catch(() => undefined);
    if (store !== undefined) return store;
  }
  return undefined;
}
