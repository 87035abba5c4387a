import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFiles } from './rig.js';

interface Mistake {
  readonly what: string;
  readonly yaml: string | Uint8Array;
  readonly set?: readonly string[];
  /** All problems in order: place, code, message, cure. */
  readonly expected: readonly string[];
}

const mistakes: readonly Mistake[] = [
  {
    what: 'extends on the command line',
    yaml: 'seed: 1',
    set: ['extends=other.yaml'],
    expected: [
      '--set:1:1 wrong-key: --set cannot set `extends`: it is read only from the file. -> Write a file with that `extends` and run it, or set the keys themselves.',
    ],
  },
  {
    what: 'an unknown section',
    yaml: 'trian: {epochs: 3}',
    expected: ['a.yaml:1:1 unknown-key: Unknown key "trian" at the top of the config. -> Did you mean "train"?'],
  },
  {
    what: 'an unknown option',
    yaml: 'train:\n  epoch: 3',
    expected: ['a.yaml:2:3 unknown-key: Unknown key "epoch" in train. -> Did you mean "epochs"?'],
  },
  {
    what: 'an option of another type',
    yaml: 'generator: {type: resnet, dropout: 0.1}',
    expected: [
      'a.yaml:1:27 unknown-key: Unknown key "dropout" in generator (type resnet). -> It is an option of type unet: set generator.type to that.',
    ],
  },
  {
    what: 'an option in the wrong section',
    yaml: 'engine: {identity: 3}',
    expected: ['a.yaml:1:10 unknown-key: Unknown key "identity" in engine. -> It belongs in the section loss.'],
  },
  {
    what: 'an option at the top',
    yaml: 'lambda: 3',
    expected: [
      'a.yaml:1:1 unknown-key: Unknown key "lambda" at the top of the config. -> It belongs in the section loss.',
    ],
  },
  {
    what: 'an unknown component',
    yaml: 'generator: {type: unett}',
    expected: [
      'a.yaml:1:19 unknown-component: There is no generator called "unett". There are: unet, resnet. -> Did you mean "unet"?',
    ],
  },
  {
    what: 'an unknown metric, loss, format, tracker and stage',
    yaml: 'loss: {adversarial: bcd}\nevaluate: {metrics: [psnr, sim]}\nexport: {formats: [onnx]}\ntracking: {mlfow: {}}\nstages: {blur: {}}',
    expected: [
      'a.yaml:1:21 unknown-component: There is no adversarial called "bcd". There are: bce, least-squares. -> Did you mean "bce"?',
      'a.yaml:2:28 unknown-component: There is no metric called "sim". There are: cycle-error, identity-error, psnr, ssim, kid. -> Did you mean "ssim"?',
      'a.yaml:3:20 unknown-component: There is no export called "onnx". There are: saved-model, tfjs, weights.',
      'a.yaml:4:12 unknown-component: There is no tracker called "mlfow". There are: tensorboard, mlflow. -> Did you mean "mlflow"?',
      'a.yaml:5:10 unknown-component: There is no stage called "blur". There are: preprocess, train, evaluate, export.',
    ],
  },
  {
    what: 'a size to export that the generator does not take',
    yaml: 'generator: resnet\nexport: {image_sizes: [256, 258, 512]}',
    expected: [
      'a.yaml:2:29 bad-option: export.image_sizes, item 2: the generator does not take images of 258 pixels. image_size 258 is not divisible by 4. -> Take this size out, or use one that fits as 256 does.',
    ],
  },
  {
    what: 'sizes to export that are none',
    yaml: 'export: {image_sizes: [256, 4, 0.5]}',
    expected: [
      'a.yaml:1:29 out-of-range: export.image_sizes, item 2: expected a side of 8 to 4096 pixels, or [height, width], found 4.',
      'a.yaml:1:32 wrong-type: export.image_sizes, item 3: expected a side of 8 to 4096 pixels, or [height, width], found 0.5.',
    ],
  },
  {
    what: 'a size to export that is not in a list',
    yaml: 'export: {image_sizes: 512}',
    expected: [
      'a.yaml:1:23 wrong-type: export.image_sizes: expected a list of sizes in pixels, such as [256, 512], or null, found 512. -> Write a list: [512]',
    ],
  },
  {
    what: 'a size to export twice',
    yaml: 'export: {image_sizes: [256, 256]}',
    expected: ['a.yaml:1:29 wrong-value: export.image_sizes: 256 is in the list twice.'],
  },
  {
    what: 'a missing option',
    yaml: 'seed: 1\ndataset: {type: folder}',
    expected: ['a.yaml:2:1 missing-key: dataset (type folder) needs "path": a path. The folder.'],
  },
  {
    what: 'a number in quotes',
    yaml: 'loss: {lambda: "10"}',
    expected: [
      'a.yaml:1:16 wrong-type: loss.lambda: expected a number of at least 0, or {forward: 10, backward: 10}, found the string "10". -> Write the number without quotes.',
    ],
  },
  {
    what: 'a decimal comma',
    yaml: 'optimizer: {type: adam}\nloss:\n  identity: 0,5',
    expected: [
      'a.yaml:3:13 wrong-type: loss.identity: expected a number from 0 to 1000000, found the string "0,5". -> A run takes one value here.',
    ],
  },
  {
    what: 'half of a lambda that is no number',
    yaml: 'loss: {lambda: {forward: x, back: 3}}',
    expected: [
      'a.yaml:1:26 wrong-type: loss.lambda.forward: expected a number from 0 to 1000000, found the string "x".',
      'a.yaml:1:29 unknown-key: Unknown key "back" in loss.lambda. -> Known here: forward, backward.',
    ],
  },
  {
    what: 'the booleans of YAML 1.1',
    yaml: 'dataset: {flip: yes}',
    expected: [
      'a.yaml:1:17 wrong-type: dataset.flip: expected true or false, found the string "yes". -> In YAML 1.2 only true and false are booleans: write true.',
    ],
  },
  {
    what: 'a word that is not one of the choices',
    yaml: 'dataset: {interpolation: bicubik}',
    expected: [
      'a.yaml:1:26 wrong-value: dataset.interpolation: expected nearest, bilinear or bicubic, found the string "bicubik". -> Did you mean "bicubic"?',
    ],
  },
  {
    what: 'a value that fits none of several kinds',
    yaml: 'generator: {type: resnet, blocks: many}',
    expected: [
      'a.yaml:1:35 wrong-value: generator.blocks: expected auto or a whole number of at least 1, found the string "many".',
    ],
  },
  {
    what: 'numbers out of range',
    yaml: 'seed: -1\ntrain: {epochs: 0, keep: 1.5}\ndataset: {batch_size: 1e9}',
    expected: [
      'a.yaml:1:7 out-of-range: seed: expected a whole number from 0 to 2147483647, found -1.',
      'a.yaml:2:17 out-of-range: train.epochs: expected a whole number from 1 to 1000000, found 0.',
      'a.yaml:2:26 wrong-type: train.keep: expected a whole number of at least 1, found 1.5.',
      'a.yaml:3:23 out-of-range: dataset.batch_size: expected a whole number from 1 to 1024, found 1000000000.',
    ],
  },
  {
    what: 'numbers that are none, or too large',
    yaml: 'seed: 1e400\ntrain: {epochs: .nan, keep: -.inf}',
    expected: [
      'a.yaml:1:7 wrong-type: seed: expected a whole number from 0 to 2147483647, found infinity.',
      'a.yaml:2:17 wrong-type: train.epochs: expected a whole number from 1 to 1000000, found .nan, which is not a number.',
      'a.yaml:2:29 wrong-type: train.keep: expected a whole number of at least 1, found minus infinity.',
    ],
  },
  {
    what: 'a load size below the image size',
    yaml: 'dataset: {image_size: 128, load_size: 64}',
    expected: [
      'a.yaml:1:39 out-of-range: dataset.load_size: expected at least image_size (128), which is cropped from it, found 64. -> Leave it out to get 143, or write 128 for no jitter.',
    ],
  },
  {
    what: 'what a component itself complains about',
    yaml: 'dataset: {image_size: 30}\ngenerator: {type: resnet}',
    expected: ['a.yaml:2:1 bad-option: generator: image_size 30 is not divisible by 4. -> Take 64.'],
  },
  {
    what: 'an empty section',
    yaml: 'train:\n  # epochs: 3\nseed: 1',
    expected: [
      'a.yaml:1:1 wrong-type: train: expected a section of "key: value" lines, found nothing. -> Leave the key out to get its default, or give it a value.',
    ],
  },
  {
    what: 'a null section',
    yaml: 'train: null',
    expected: ['a.yaml:1:8 wrong-type: train: expected a section of "key: value" lines, found null.'],
  },
  {
    what: 'a tracker left empty, which could mean on or off',
    yaml: 'tracking:\n  tensorboard:',
    expected: [
      'a.yaml:2:3 wrong-type: tracking.tensorboard: expected a section of "key: value" lines, found nothing. -> Leave the key out to get its default, or give it a value.',
    ],
  },
  {
    what: 'a list for a section, a value for a list, a section for a value',
    yaml: 'train: [1]\nevaluate: {metrics: psnr}\nseed: {a: 1}',
    expected: [
      'a.yaml:1:8 wrong-type: train: expected a section of "key: value" lines, found a list.',
      'a.yaml:2:21 wrong-type: evaluate.metrics: expected a list of names, each alone or as {type: name, ...}, found the string "psnr". -> Write a list: [psnr]',
      'a.yaml:3:1 wrong-type: seed: expected a whole number from 0 to 2147483647, found a section.',
    ],
  },
  {
    what: 'a name that cannot name a folder',
    yaml: 'name: ../x',
    expected: [
      'a.yaml:1:7 wrong-value: name: expected a name of letters, digits, dots, dashes and underscores (64 at most), found the string "../x".',
    ],
  },
  {
    what: 'a list with the same thing twice',
    yaml: 'evaluate: {metrics: [psnr, ssim, psnr]}',
    expected: [
      'a.yaml:1:34 duplicate-name: evaluate.metrics: two components in this list are called "psnr". -> Remove one, or give it another name: {type: ..., name: psnr-2}.',
    ],
  },
  {
    what: 'stages that need what is not there',
    yaml: 'stages:\n  preprocess: null\n  export: {needs: [trian, export]}',
    expected: [
      'a.yaml:1:1 unknown-stage: stages.train.needs: there is no stage "preprocess". There are: train, evaluate, export.',
      'a.yaml:1:1 unknown-stage: stages.evaluate.needs: there is no stage "preprocess". There are: train, evaluate, export.',
      'a.yaml:3:20 unknown-stage: stages.export.needs: there is no stage "trian". There are: train, evaluate, export. -> Did you mean "train"?',
      'a.yaml:3:27 unknown-stage: stages.export.needs: a stage cannot need itself.',
    ],
  },
  {
    what: 'a key that would reach into JavaScript',
    yaml: '__proto__: {seed: 1}\nconstructor: 1',
    expected: [
      'a.yaml:1:1 unknown-key: Unknown key "__proto__" at the top of the config. -> Known here: extends, name, seed, plugins, dataset, method, generator, discriminator, loss, optimizer, schedule, train, engine, evaluate, export, sweep, launcher, tracking, stages.',
      'a.yaml:2:1 unknown-key: Unknown key "constructor" at the top of the config. -> Known here: extends, name, seed, plugins, dataset, method, generator, discriminator, loss, optimizer, schedule, train, engine, evaluate, export, sweep, launcher, tracking, stages.',
    ],
  },
  {
    what: 'a key twice',
    yaml: 'train:\n  epochs: 3\n  epochs: 4',
    expected: ['a.yaml:3:3 duplicate-key: The key "epochs" is in this section twice. -> Keep one of them.'],
  },
  {
    what: 'a tab',
    yaml: 'train:\n\tepochs: 3',
    expected: ['a.yaml:2:1 bad-yaml: A tab indents this line, which YAML does not allow. -> Indent with spaces.'],
  },
  {
    what: 'a missing bracket',
    yaml: 'train: {epochs: 3\nseed: 4',
    expected: ['a.yaml:2:1 bad-yaml: The closing } is missing, or is indented too little.'],
  },
  {
    what: 'a merge key',
    yaml: 'base: &b {epochs: 3}\ntrain: {<<: *b}',
    expected: [
      'a.yaml:2:9 merge-key: Merge keys (<<) are not supported. -> Write the values out, or put them into a file and use `extends: FILE`.',
    ],
  },
  {
    what: 'an alias without an anchor',
    yaml: 'seed: *s',
    expected: ['a.yaml:1:7 bad-yaml: The alias *s has no anchor &s above it.'],
  },
  {
    what: 'aliases that multiply',
    yaml: [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]!}`).join()}]`),
    ].join('\n'),
    expected: [
      'a.yaml:1:1 too-large: This YAML is nested or repeated without end: more than 20000 values, or 50 levels.',
    ],
  },
  {
    what: 'an alias inside itself',
    yaml: 'a: &a [*a]',
    expected: [
      'a.yaml:1:1 too-large: This YAML is nested or repeated without end: more than 20000 values, or 50 levels.',
    ],
  },
  {
    what: 'brackets without end',
    yaml: '['.repeat(100_000),
    expected: [
      'a.yaml:1:1 too-large: This YAML is nested or repeated without end: more than 20000 values, or 50 levels.',
    ],
  },
  {
    what: 'a tag',
    yaml: 'seed: !secret 3',
    expected: ['a.yaml:1:7 bad-yaml: YAML tags (!name) are not supported. -> Remove the tag.'],
  },
  {
    what: 'two documents',
    yaml: 'seed: 1\n---\nseed: 2',
    expected: ['a.yaml:2:1 bad-yaml: The file holds more than one YAML document. -> Keep one; remove the line `---`.'],
  },
  {
    what: 'an empty file',
    yaml: '# nothing\n',
    expected: ['a.yaml:1:1 not-a-config: The file is empty. -> `runner init NAME` writes a config to start from.'],
  },
  {
    what: 'a list',
    yaml: '- seed: 1',
    expected: [
      'a.yaml:1:1 not-a-config: Expected sections such as "train: {epochs: 40}", found a list. -> `runner init NAME` writes a config to start from.',
    ],
  },
  {
    what: 'an image',
    yaml: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]),
    expected: ['not-text: a.yaml is not a config: expected YAML, found no UTF-8 text.'],
  },
  {
    what: 'text in Latin-1',
    yaml: Buffer.from('name: zèbre', 'latin1'),
    expected: ['not-text: a.yaml is not a config: expected YAML, found no UTF-8 text.'],
  },
  {
    what: 'overrides without a value or a key',
    yaml: '{}',
    set: ['train.epochs', '=3', 'train..epochs=3', 'seed='],
    expected: [
      '--set:1:1 bad-override: --set takes key=value, found "train.epochs". -> For example: --set train.epochs=80',
      '--set:1:1 bad-override: --set takes key=value, found "=3". -> For example: --set train.epochs=80',
      '--set:1:1 bad-override: --set takes key=value, found "train..epochs=3". -> For example: --set train.epochs=80',
      '--set:1:5 bad-override: seed is set to nothing. -> Put a value after the equals sign, such as null.',
    ],
  },
  {
    what: 'a grid',
    yaml: '{}',
    set: ['loss.lambda=5,10'],
    expected: [
      "--set:1:13 grid: loss.lambda=5,10 is a grid of 2 values, and a run takes one. -> `runner sweep` with the same arguments runs them all. If one list is meant: --set 'loss.lambda=[5,10]'.",
    ],
  },
  {
    what: 'a wrong override, which is told after what is wrong in the file',
    yaml: 'seed: x',
    set: ['train.epochs=ten', 'generater.width=3'],
    expected: [
      'a.yaml:1:7 wrong-type: seed: expected a whole number from 0 to 2147483647, found the string "x".',
      '--set:1:1 unknown-key: Unknown key "generater" at the top of the config. -> Did you mean "generator"?',
      '--set:1:14 wrong-type: train.epochs: expected a whole number from 1 to 1000000, found the string "ten".',
    ],
  },
  {
    what: 'an override whose YAML is broken',
    yaml: '{}',
    set: ['evaluate.metrics=[psnr'],
    expected: [
      `--set:1:23 bad-yaml: The closing ] is missing, or is indented too little. -> If it is one text, such as a path: --set 'evaluate.metrics="[psnr"'.`,
    ],
  },
];

for (const { what, yaml, set, expected } of mistakes) {
  test(`a problem with its place and cure is reported for ${what}`, async (t) => {
    const { load } = await withFiles(t, { 'a.yaml': yaml });
    const { texts } = await load('a.yaml', set);
    assert.deepEqual(texts, expected);
  });
}

test('a problem shows its line with a marker under the mistake, and the line before', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'name: x\n\ntrain:\n  epochs: "ten" # or so\n' });
  const { problems } = await load('a.yaml');
  assert.equal(problems[0]?.place?.excerpt, '3 | train:\n4 |   epochs: "ten" # or so\n  |           ^^^^^');
});

test('a problem in an override shows the override with a marker', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': '{}' });
  const { problems } = await load('a.yaml', ['train.epochs=ten']);
  assert.equal(problems[0]?.place?.excerpt, '--set train.epochs=ten\n                   ^^^');
});

test('an excerpt masks passwords, also in a truncated line, and keeps the marker in place', async (t) => {
  const seed = `http://bob:${'SECRET'.repeat(30)}@host`;
  const { load } = await withFiles(t, {
    'a.yaml': `seed: ${seed}`,
    'b.yaml': '{name: http://bob:SECRET@host, seed: x}',
  });
  const excerpt = async (file: string) => (await load(file)).problems.at(-1)!.place!.excerpt!.split('\n');
  assert.match((await excerpt('a.yaml'))[0]!, /^1 \| seed: http:\/\/\*+$/);
  const [line, marker] = await excerpt('b.yaml');
  assert.equal(line, '1 | {name: http://**********@host, seed: x}');
  assert.equal(marker!.indexOf('^'), line.indexOf('x}'));
});

test('an excerpt keeps the marker in place after tabs and in long lines, and removes control characters', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': `seed:\t"\u001b[31m${'x'.repeat(500)}"` });
  const { problems } = await load('a.yaml');
  const [line, marker] = problems[0]!.place!.excerpt!.split('\n');
  assert.match(line!, /^1 \| seed: "\[31mx+/);
  assert.equal(marker!.indexOf('^'), line!.indexOf('"'));
  assert.ok(!line!.includes('\u001b') && line!.length < 130);
});

test('the problem of a missing file suggests the most similar name, or lists the configs of the folder', async (t) => {
  const { load } = await withFiles(t, { 'horse.yaml': '{}', 'zebra.yml': '{}', 'notes.txt': '' });
  assert.deepEqual((await load('hrse.yaml')).texts, [
    'missing-file: There is no file hrse.yaml. -> Did you mean "horse.yaml"?',
  ]);
  const { problems } = await load('quickstart.yaml');
  assert.match(problems[0]!.cure!, /^Configs in .*: horse\.yaml, zebra\.yml\.$/);
});

test('the problem of a folder lists the configs in it', async (t) => {
  const { load } = await withFiles(t, { 'configs/a.yaml': '{}' });
  assert.deepEqual((await load('configs')).texts, [
    'not-a-file: configs is a folder; expected a YAML file. -> Configs in it: a.yaml.',
  ]);
});
