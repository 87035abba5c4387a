import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { checksum, startServer, zip } from '../data/sources/archives.js';
import { serverProgram } from '../cli/ui-program.js';
import { until, WITHIN } from '../until.js';
import { Experiment } from './rig.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Makes any of the shipped experiments one of seconds; the command is otherwise as the README has it. */
const SMALL = ['image_size=16', 'load_size=18', 'limit=2'].flatMap((size) => ['--set', `dataset.${size}`]);
const SHORT = [
  '--set',
  'train.epochs=1',
  '--set',
  'generator.width=4',
  '--set',
  'discriminator={type: patchgan, width: 4, layers: 1}',
];
/** A U-Net halves its images as often as it is deep; a ResNet has no depth. */
const SHALLOW = ['--set', 'generator.depth=4'];

const readme = await readFile(join(root, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/```sh\n([^]*?)```/g)]
  .flatMap(([, block]) => block!.trim().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''));

describe('every command of the README', () => {
  let experiment: Experiment;
  let server: Awaited<ReturnType<typeof startServer>>;
  before(async () => {
    experiment = await Experiment.create();
    await cp(join(root, 'configs'), join(experiment.dir, 'configs'), { recursive: true });
    const files: Record<string, Uint8Array> = {};
    for (const split of ['trainA', 'trainB', 'testA', 'testB']) {
      await mkdir(join(experiment.dir, 'data', split), { recursive: true });
      for (const name of ['1.jpg', '2.jpg']) {
        const image = sharp({ create: { width: 20, height: 20, channels: 3, background: 'teal' } });
        const bytes = await image.jpeg().toBuffer();
        await writeFile(join(experiment.dir, 'data', split, name), bytes);
        files[`horse2zebra/${split}/${name}`] = bytes;
      }
    }
    await cp(join(root, 'test/migration/fixtures/resnet.pth'), join(experiment.dir, 'horse2zebra.pth'));
    await cp(join(experiment.dir, 'data', 'testA'), join(experiment.dir, 'photos'), { recursive: true });
    const archive = zip(files);
    server = await startServer({ '/horse2zebra.zip': archive, '/horse2zebra.zip.sha256': checksum(archive) });
    experiment.env['XDG_CACHE_HOME'] = join(experiment.dir, 'cache');
    experiment.env['RUNNER_DATA_MIRROR'] = server.url;
  });
  after(async () => {
    server.close();
    await experiment.remove();
  });

  for (const command of commands.filter((line) => line.startsWith('./runner '))) {
    test(command, async () => {
      const words = command.replace('/data/mine', join(experiment.dir, 'data')).split(' ').slice(1);
      if (words[0] === 'ui') return untilShown(experiment, words);
      if (words.includes('RUN')) return withRuns(experiment, words);
      const { code, stderr, stdout } = await experiment.run(
        ...words,
        ...(words[0] === 'run' || (words[0] === 'sweep' && words[1] !== 'best') ? [...SMALL, ...SHORT] : []),
        ...(words.includes('configs/quickstart-pairs.yaml') ? SHALLOW : []),
      );
      assert.equal(code, 0, stdout + stderr);
    });
  }

  test('there are no other commands than runner’s and npm test', () => {
    assert.deepEqual(
      commands.filter((line) => !line.startsWith('./runner ')),
      ['npm test'],
    );
    assert.ok(commands.length > 10);
  });
});

/** Each RUN is the name of another run, as users have them by then. Nothing opens a browser. */
async function withRuns(experiment: Experiment, words: readonly string[]): Promise<void> {
  const small = ['run', 'configs/quickstart.yaml', ...SMALL, ...SHORT, '--set'];
  // Up to date if the commands above have run.
  for (const option of ['loss.lambda=10', 'loss.lambda=5']) {
    const { code, stdout, stderr } = await experiment.run(...small, option);
    assert.equal(code, 0, stdout + stderr);
  }
  const runs = (await readdir(join(experiment.dir, 'runs'))).filter((name) => /^quickstart-[0-9a-f]{8}$/.test(name));
  if (words[0] === 'serve') return withServer(experiment, [words[0], runs[0]!]);
  if (words[0] === 'demo') return withPage(experiment, [words[0], runs[0]!]);
  const opened = await openerInPath(experiment);
  const { code, stdout, stderr } = await experiment.run(
    ...words.map((word) => (word === 'RUN' ? runs.shift()! : word)),
  );
  assert.equal(code, 0, stdout + stderr);
  if (words[0] === 'translate') {
    assert.deepEqual((await readdir(join(experiment.dir, 'out'))).sort(), ['.translations.json', '1.jpg', '2.jpg']);
    return;
  }
  const written = /\S+\.html/.exec(stdout)?.[0];
  assert.ok(written !== undefined && existsSync(join(experiment.dir, written)), stdout);
  if (!words.includes('--open')) return;
  await until('the page to be opened', {
    within: WITHIN.command,
    look: () => readFile(opened, 'utf8').catch(() => ''),
    is: (text) => text === `${join(experiment.dir, written)}\n`,
  });
}

/** Serves until Ctrl-C, at a free port. */
async function withServer(experiment: Experiment, words: readonly string[]): Promise<void> {
  const { process, ended } = experiment.start(...words, '--port', '0');
  let [stdout, isOver] = ['', false];
  process.stdout!.on('data', (text: Buffer) => (stdout += text.toString()));
  void ended.finally(() => (isOver = true));
  const shown = { within: WITHIN.command, look: () => stdout, unless: () => isOver };
  const said = await until('the server', { ...shown, is: (text) => text.includes('curl') });
  const address = /http:\S+\/translate\/\S+/.exec(said)![0];
  const body = await readFile(join(experiment.dir, 'photos/1.jpg'));
  const answer = await fetch(address, { method: 'POST', body });
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'image/jpeg']);
  process.kill('SIGINT');
  assert.equal((await ended).code, 0);
}

/** Serves the page until Ctrl-C. */
async function withPage(experiment: Experiment, words: readonly string[]): Promise<void> {
  const { process, ended } = experiment.start(...words);
  let [stdout, isOver] = ['', false];
  process.stdout!.on('data', (text: Buffer) => (stdout += text.toString()));
  void ended.finally(() => (isOver = true));
  const shown = { within: WITHIN.command, look: () => stdout, unless: () => isOver };
  const said = await until('the page', { ...shown, is: (text) => text.includes('Ctrl-C stops') });
  const page = await fetch(/http:\S+/.exec(said)![0]);
  assert.match(await page.text(), /<title>A ↔ B<\/title>/);
  process.kill('SIGINT');
  assert.equal((await ended).code, 0);
}

/** A program in the place of the one that opens a browser. @returns the file in which it writes what it was to open */
async function openerInPath(experiment: Experiment): Promise<string> {
  const [bin, opened] = [join(experiment.dir, 'bin'), join(experiment.dir, 'opened')];
  await mkdir(bin, { recursive: true });
  for (const name of ['xdg-open', 'open']) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "$1" > '${opened}'\n`, { mode: 0o755 });
  }
  experiment.env['PATH'] = `${bin}:${process.env['PATH']}`;
  return opened;
}

/** Shows until Ctrl-C, with a program in the place of TensorBoard. */
async function untilShown(experiment: Experiment, words: readonly string[]): Promise<void> {
  const bin = join(experiment.dir, 'bin');
  await serverProgram(bin, 'tensorboard');
  Object.assign(experiment.env, { PATH: `${bin}:${process.env['PATH']}`, PIDS: experiment.dir });
  const { process: child, ended } = experiment.start(...words);
  child.stdout!.on('data', (text: Buffer) => {
    if (text.toString().includes('Ctrl-C stops the servers')) child.kill('SIGINT');
  });
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /TensorBoard +http:/);
}
