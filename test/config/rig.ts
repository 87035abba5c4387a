import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { loadConfig, type LoadedConfig, type LoadRequest } from '../../src/config/load.js';
import { cyclegan } from '../../src/methods/cyclegan.js';
import type { Component, OptionSchema, OptionsSchema } from '../../src/registry/component.js';
import type { Components, Kind, Kinds } from '../../src/registry/kinds.js';
import { Registry } from '../../src/registry/registry.js';
import { evaluate } from '../../src/stages/evaluate.js';
import { exportStage } from '../../src/stages/export.js';
import { train } from '../../src/stages/train.js';
import type { Problem } from '../../src/support/problem.js';
import { longerSide, writtenSides } from '../../src/support/sides.js';

/** A component without function, with these options. */
export function stub(
  properties: OptionsSchema['properties'] = {},
  more: Partial<Component> & { readonly required?: readonly string[] } = {},
): never {
  const { required, ...rest } = more;
  return { summary: 'A stub.', schema: { properties, required }, create: () => undefined, ...rest } as never;
}

const width = { description: 'Channels.', type: 'integer', minimum: 1, default: 64 } as const;
const auto = (description: string): OptionSchema => ({
  description,
  anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1 }],
});

/** A small set of components, independent of the real ones. */
export function testComponents(): Components {
  const of = <K extends Kind>(kind: K, members: Record<string, Kinds[K]>) => new Registry<Kinds[K]>(kind, members);
  return {
    dataset: of('dataset', {
      synthetic: stub({ train: { description: 'How many.', type: 'integer', minimum: 1, default: 8 } }),
      folder: stub({ path: { description: 'The folder.', type: 'string', format: 'path' } }, { required: ['path'] }),
    }),
    method: of('method', { cyclegan: { ...cyclegan, schema: { properties: {} } } }),
    generator: of('generator', {
      unet: stub({
        width,
        dropout: { description: 'Dropped share.', type: 'number', exclusiveMaximum: 1, default: 0.5 },
      }),
      resnet: stub(
        { width, blocks: { ...auto('Residual blocks.'), default: 'auto' } },
        {
          resolve: (options: { blocks: unknown }, { imageSize }) => ({
            ...options,
            blocks: options.blocks === 'auto' ? (longerSide(imageSize) > 128 ? 9 : 6) : (options.blocks as number),
          }),
          check: (_, { imageSize }) =>
            longerSide(imageSize) % 4 === 0
              ? []
              : [
                  {
                    path: [],
                    message: `image_size ${writtenSides(imageSize)} is not divisible by 4.`,
                    cure: 'Take 64.',
                  },
                ],
        },
      ),
    }),
    discriminator: of('discriminator', { patchgan: stub({ width }) }),
    adversarial: of('adversarial', {
      bce: stub({
        smoothing: { description: 'Of labels.', type: 'number', minimum: 0, maximum: 1, default: 0 },
        width,
      }),
      'least-squares': stub({ width }),
    }),
    penalty: of('penalty', {
      r1: stub({ gamma: { description: 'Strength.', type: 'number', minimum: 0, default: 10 } }),
    }),
    optimizer: of('optimizer', {
      adam: stub({ learning_rate: { description: 'Step.', type: 'number', exclusiveMinimum: 0, default: 2e-4 } }),
    }),
    schedule: of('schedule', { constant: stub(), linear: stub({ decay_from: auto('Epochs.') }) }),
    launcher: of('launcher', { local: stub() }),
    metric: of('metric', {
      'cycle-error': stub(),
      'identity-error': stub(),
      psnr: stub(),
      ssim: stub({
        window: { description: 'Side.', type: 'integer', minimum: 3, default: 11 },
        sigma: { description: 'Spread.', type: 'number', default: 1.5 },
      }),
      kid: stub(
        {
          subsets: { ...auto('How many.'), default: 'auto' },
          weights: { description: 'A file.', type: ['string', 'null'], format: 'path', default: null },
          threads: { description: 'At a time.', type: 'integer', default: 1, 'x-not-fingerprinted': true },
          judge: { description: 'What judges.', type: 'string', 'x-kind': 'adversarial', default: 'bce' },
        },
        {
          resolve: (options: { subsets: unknown }, { epochs }) => ({
            ...options,
            subsets: options.subsets === 'auto' ? epochs : (options.subsets as number),
          }),
          check: ({ subsets }: { subsets: number }) =>
            subsets <= 1000 ? [] : [{ path: ['subsets'], message: `${subsets} are too many.` }],
        },
      ),
    }),
    extractor: of('extractor', {}),
    stage: of('stage', {
      preprocess: stub(),
      train: stub({}, { section: train.section, continues: true } as object),
      evaluate: stub({}, { section: evaluate.section } as object),
      export: stub({}, { section: exportStage.section } as object),
    }),
    tracker: of('tracker', {
      tensorboard: stub(),
      mlflow: stub({ experiment: { description: 'Name.', type: 'string', default: 'runner' } }),
    }),
    export: of('export', { 'saved-model': stub(), tfjs: stub(), weights: stub() }),
  };
}

export interface Files {
  readonly dir: string;
  readonly load: (
    file: string,
    overrides?: readonly string[],
    machine?: Pick<LoadRequest, 'multipliesBfloat16'>,
  ) => Promise<{ value?: LoadedConfig; problems: readonly Problem[]; texts: string[] }>;
}

/** A temporary folder with these files; `load` loads one of them, from a folder `cwd` in it. */
export async function withFiles(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): Promise<Files> {
  const dir = await mkdtemp(join(tmpdir(), 'runner-config-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  return {
    dir,
    async load(file, overrides = [], machine = {}) {
      const world = { components: testComponents(), cwd: join(dir, 'cwd') };
      const request = { file: join(dir, file), overrides, ...world, ...machine };
      const result = await loadConfig(request);
      if (result.ok) return { value: result.value, problems: [], texts: [] };
      return { problems: result.problems, texts: result.problems.map((problem) => problemLine(problem, dir)) };
    },
  };
}

/** `a.yaml:3:9 wrong-type: message -> cure` */
function problemLine({ code, message, cure, place }: Problem, dir: string): string {
  const short = (text: string) => text.replaceAll(`${dir}/`, '');
  const file = place?.file === '--set' ? '--set' : place && relative(dir, place.file);
  const spot = place === undefined ? '' : `${file}:${place.line}:${place.column} `;
  return short(`${spot}${code}: ${message}${cure === undefined ? '' : ` -> ${cure}`}`);
}
