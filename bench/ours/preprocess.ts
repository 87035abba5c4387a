/** Our contestant for preparation: the whole preprocess stage on a folder, with hashing, as a first and as a repeated run. */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/registry/config.js';
import { builtins } from '../../src/app/builtins.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import type { PreprocessTask } from '../protocol.js';
import { serve } from './serve.js';

await serve(async (task) => {
  const { images, imageSize, loadSize } = task as PreprocessTask;
  const home = await mkdtemp(join(tmpdir(), 'runner-bench-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  let previous: string | undefined;
  let round = 0;

  /** @param earlier results that the stage may reuse */
  const prepare = async (earlier: readonly string[]): Promise<number> => {
    const dir = join(home, String(++round));
    await mkdir(dir);
    const started = performance.now();
    const stage = builtins()
      .stage.get('preprocess')
      .create({} as never);
    const context = contextOf(folderConfig(images, imageSize, loadSize), dir, earlier);
    await stage.identity!(context, context.signal);
    const { status } = await stage.run(context);
    const seconds = (performance.now() - started) / 1000;
    if (status !== 'done') throw new Error(`preprocess ended as ${status}`);
    if (previous !== undefined) await rm(previous, { recursive: true });
    previous = dir;
    return seconds;
  };
  /** The cache folder keeps hashes of files, so a cold run has a new one. */
  const cold = () => {
    process.env['XDG_CACHE_HOME'] = join(home, `cache-${round}`);
    return prepare([]);
  };
  const again = async () => {
    if (previous === undefined) await cold();
    return prepare([previous!]);
  };
  return { facts: { node: process.versions.node, device: 'cpu' }, actions: { cold, again } };
});

function folderConfig(path: string, image_size: number, load_size: number): Config {
  const { properties } = builtins().dataset.get('folder').schema;
  const defaults = Object.entries(properties).map(([key, option]) => [key, option['default'] ?? null] as const);
  const common = {
    image_size,
    load_size,
    interpolation: 'bicubic',
    limit: null,
    validation_share: 0,
    on_bad_image: 'skip',
    max_bad: 1,
  };
  const dataset = { ...Object.fromEntries(defaults), ...common, type: 'folder', path, flip: true };
  return { dataset } as unknown as Config;
}

function contextOf(config: Config, dir: string, earlier: readonly string[]): StageContext {
  return {
    config,
    components: builtins(),
    dir,
    inputs: {},
    runName: 'bench',
    signal: new AbortController().signal,
    earlier,
    emit: () => undefined,
    recorded: () => Promise.resolve(),
  };
}
