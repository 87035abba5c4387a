import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { loadTensorFlow } from '../../src/engine/native.js';
import { temporaryFolder } from '../data/folder.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';
import { Running } from '../rig.js';
import { until, WITHIN } from '../until.js';
import { SlurmCluster } from './slurm-cluster.js';

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));
const IMAGES = 60;

describe('a translation on a real Slurm', () => {
  let cluster: SlurmCluster;
  before(async () => {
    cluster = await SlurmCluster.start();
  });
  beforeEach(() => cluster.idle());
  after(() => cluster.stop());

  async function setup(t: TestContext) {
    const dir = await temporaryFolder(t);
    await loadTensorFlow();
    await write('weights', generatorOf(GENERATORS['ResNet']!), join(dir, 'bundle'));
    mkdirSync(join(dir, 'photos'));
    for (let i = 0; i < IMAGES; i++) {
      const image = sharp({ create: { width: 200, height: 200, channels: 3, background: { r: i, g: 2 * i, b: 99 } } });
      await image.png().toFile(join(dir, 'photos', `${i}.png`));
    }
    const args = ['translate', 'bundle', 'photos', '--out', 'out', '--launcher', 'slurm', '--jobs', '3'];
    const go = () =>
      new Running(
        spawn(process.execPath, [bin, ...args], { cwd: dir, env: cluster.env, stdio: ['ignore', 'pipe', 'pipe'] }),
      );
    const images = () => readdirSync(join(dir, 'out')).filter((name) => name.endsWith('.png'));
    return { dir, go, images };
  }

  test('makes each translation once, in shares', async (t) => {
    const { dir, go, images } = await setup(t);
    const { code, output } = await go().ended;
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`${IMAGES} translated: out`));
    assert.equal(images().length, IMAGES);
    assert.ok(!existsSync(join(dir, 'out/.shares')));
    const again = await go().ended;
    assert.match(again.output, new RegExp(`0 translated, ${IMAGES} there already: out`));
  });

  test('goes on when the command is killed; the same command watches its jobs', async (t) => {
    const { dir, go, images } = await setup(t);
    const running = go();
    await until('the handles of the jobs', {
      within: WITHIN.cluster,
      look: () => existsSync(join(dir, 'out/.shares/3/jobs.json')),
      is: (isThere) => isThere,
      unless: () => running.isOver,
    });
    running.process.kill('SIGKILL');
    await running.ended;
    const { code, output } = await go().ended;
    assert.equal(code, 0, output);
    assert.equal(images().length, IMAGES);
  });
});
