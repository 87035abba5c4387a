import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCases, roughMemory } from '../../bench/cases.js';
import { measures } from '../../bench/measures/measures.js';
import { builtins } from '../../src/app/builtins.js';
import { loadConfig } from '../../src/config/load.js';
import { ProblemError, type Problem } from '../../src/support/problem.js';

describe('benchmark cases', () => {
  test('name a generator, the side of its images and optionally a batch size', () => {
    const [unet, resnet] = parseCases('unet@256, resnet6@64b4');
    assert.deepEqual([unet!.generator.type, unet!.size, unet!.batch], ['unet', 256, 1]);
    assert.deepEqual([resnet!.generator['blocks'], resnet!.size, resnet!.batch], [6, 64, 4]);
    assert.equal(resnet!.name, 'resnet6@64b4');
  });

  test('have all options of their generator', () => {
    assert.equal(parseCases('unet@256')[0]!.generator['dropout'], 0.5);
    assert.equal(parseCases('resnet9@256')[0]!.generator['width'], 64);
  });

  test('may set the width of all networks, and the depth of a U-Net', () => {
    const [resnet, unet] = parseCases('resnet3w16@64,unetw32d3@64b2');
    assert.deepEqual([resnet!.generator['width'], resnet!.discriminator['width']], [16, 16]);
    assert.deepEqual([unet!.generator['width'], unet!.generator['depth'], unet!.batch], [32, 3, 2]);
    assert.equal(problemsOf('resnet3d2@64')[0]!.code, 'bench:unknown-case');
  });

  test('name no option that the peers would have to resolve', () => {
    assert.equal(parseCases('unet@64')[0]!.generator['depth'], 6);
  });

  test('can be what the quickstart trains', async () => {
    const { config } = await loaded('configs/quickstart.yaml');
    const [quickstart] = parseCases('quickstartb4');
    assert.deepEqual(quickstart, {
      name: 'quickstartb4',
      generator: config.generator,
      discriminator: config.discriminator,
      identity: (config.loss as Readonly<Record<string, unknown>>)['identity'],
      size: config.dataset.image_size,
      batch: 4,
    });
  });

  test('are measured once when named twice', () => {
    assert.equal(parseCases('unet@64,unet@64').length, 1);
  });

  test('are reported all at once when unknown, each with a suggestion', () => {
    const problems = problemsOf('reznet9@256,unet@64,vgg');
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['bench:unknown-case', 'bench:unknown-case'],
    );
    assert.match(problems[0]!.message, /"reznet9@256" is not a case/);
    assert.match(problems[0]!.cure!, /Did you mean resnet9@256\?/);
    assert.doesNotMatch(problems[1]!.cure!, /Did you mean/);
  });

  test('are refused when the image is too small for the discriminator', () => {
    assert.match(problemsOf('resnet1@8')[0]!.message, /resnet1@8: A PatchGAN of 3 layers needs/);
  });

  test('are refused with the nearest size when theirs does not fit', () => {
    const [problem] = problemsOf('resnet9@50');
    assert.match(problem!.message, /resnet9@50: .*multiple of 4/);
    assert.match(problem!.cure!, /52 pixels/);
  });

  test('are required', () => {
    assert.equal(problemsOf(' ,')[0]!.code, 'bench:no-case');
  });

  test('are valid by default', () => {
    for (const { cases } of Object.values(measures)) assert.equal(parseCases(cases.join(',')).length, cases.length);
  });

  test('need more memory for more pixels, blocks and width', () => {
    const memory = (name: string) => roughMemory(parseCases(name)[0]!);
    assert.ok(memory('unet@256') > memory('unet@128'));
    assert.ok(memory('resnet9@64b4') > memory('resnet9@64'));
    assert.ok(memory('resnet9@256') > memory('resnet6@256'));
    assert.ok(memory('resnet9@256') > memory('resnet9w16@256'));
  });
});

async function loaded(file: string) {
  const result = await loadConfig({ file, overrides: [], components: builtins() });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problemsOf(list: string): readonly Problem[] {
  try {
    parseCases(list);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error('Expected a ProblemError, but nothing was thrown.');
}
