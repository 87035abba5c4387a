import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/support/json.js';
import { encodeNumber } from '../../src/support/numbers.js';
import { config } from '../rig.js';

/** A run's folder as a test wants it. */
export interface FolderFacts {
  /** Merged over a small config, section by section. */
  readonly config?: JsonObject;
  /** The outputs of its training. */
  readonly trained?: JsonObject;
  /** The options that its training recorded as bookkeeping. */
  readonly bookkeeping?: JsonObject;
  /** The metrics of its evaluation; none without. */
  readonly metrics?: JsonObject;
  /** Other outputs of its evaluation. */
  readonly evaluated?: JsonObject;
  readonly status?: 'done' | 'failed' | 'interrupted';
  /** ISO time. */
  readonly started?: string;
  /** The content of environment.json. */
  readonly environment?: JsonObject;
  /** The lines of evaluate/images.jsonl. */
  readonly images?: readonly JsonObject[];
  /** The fingerprint of the prepared data. */
  readonly data?: string;
}

/** Writes a run's folder, as the pipeline would leave it. @returns the folder */
export async function writeRun(runsRoot: string, name: string, facts: FolderFacts = {}): Promise<string> {
  const dir = join(runsRoot, name);
  const { status = 'done', metrics, started = '2026-01-02T03:04:05.000Z' } = facts;
  for (const stage of ['train', 'evaluate']) await mkdir(join(dir, stage), { recursive: true });
  const write = (file: string, text: string) => writeFile(join(dir, file), text);
  await write('config.yaml', stringify(merged(facts.config)));
  const record = (type: string, outputs: JsonObject, state: string = 'done') => ({
    ...{ format: 3, fingerprint: `${type} of ${name}`, made: '1', status: state, outputs, run: name, started },
    ...{
      summary: [],
      artifacts: [],
      files: {},
      bookkeeping: (type === 'train' ? facts.bookkeeping : undefined) ?? {},
      finished: state === 'done' ? started : null,
      seconds: 10,
    },
    inputs: {
      dataset: {
        stage: 'preprocess',
        dir: `.store/${facts.data ?? 'd'}`,
        fingerprint: facts.data ?? 'd',
        made: facts.data ?? 'd',
      },
    },
    parts: { stage: { type, version: 1 }, options: {}, config: {}, files: {}, plugins: [], inputs: {}, from: null },
    ...(state === 'failed' && { problem: { code: 'diverged', message: 'The losses are no longer finite.' } }),
  });
  const json = (value: unknown) => JSON.stringify(value, encodeNumber);
  await write('train/stage.json', json(record('train', facts.trained ?? {}, status)));
  if (metrics !== undefined)
    await write('evaluate/stage.json', json(record('evaluate', { step: 90, metrics, ...facts.evaluated })));
  if (facts.environment !== undefined) await write('environment.json', json(facts.environment));
  if (facts.images !== undefined)
    await write('evaluate/images.jsonl', facts.images.map((line) => `${json(line)}\n`).join(''));
  return dir;
}

/** Metrics of both directions: `both('psnr', 17, 19, {better: 'higher'})`. */
export function both(name: string, AtoB: number, BtoA: number, facts: JsonObject = {}): JsonObject {
  return { AtoB: { [name]: { value: AtoB, ...facts } }, BtoA: { [name]: { value: BtoA, ...facts } } };
}

function merged(changes: JsonObject = {}): JsonObject {
  const stages = { train: { type: 'train', needs: [] }, evaluate: { type: 'evaluate', needs: ['train'] } };
  const base = { ...config(), stages } as unknown as JsonObject;
  const sections = Object.entries(changes).map(([key, value]) => {
    const old = base[key];
    return [key, typeof value === 'object' && !Array.isArray(value) ? { ...(old as JsonObject), ...value } : value];
  });
  return { ...base, ...(Object.fromEntries(sections) as JsonObject) };
}
