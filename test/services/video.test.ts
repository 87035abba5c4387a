import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { execa } from 'execa';
import sharp from 'sharp';
import { openTranslator } from '../../src/app/open-translator.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { temporaryFolder } from '../data/folder.js';
import { runIn } from '../cli/rig.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';

interface Stream {
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly nb_read_frames?: string;
  readonly avg_frame_rate: string;
}

describe('a video', () => {
  before(() => loadTensorFlow());

  /** A bundle, and a video of 12 frames with sound, 5 frames a second, shown upright as 66 x 98. */
  async function setup(t: TestContext) {
    const dir = await temporaryFolder(t);
    await write('weights', generatorOf(GENERATORS['ResNet']!), join(dir, 'bundle'));
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=98x66:rate=5:duration=2.4'];
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2.4'];
    const plain = join(dir, 'plain.mp4');
    await ffmpeg(...picture, ...sound, '-c:v', 'libx264', '-crf', '8', '-pix_fmt', 'yuv420p', '-c:a', 'aac', plain);
    await ffmpeg('-i', plain, '-c', 'copy', '-metadata:s:v:0', 'rotate=90', join(dir, 'holiday.mov'));
    const translate = (...argv: string[]) => runIn(dir, ['translate', 'bundle', ...argv], { env: process.env });
    return { dir, translate };
  }

  const ffmpeg = (...args: string[]) => execa('ffmpeg', ['-v', 'error', '-y', ...args]);

  async function streamsOf(file: string): Promise<Stream[]> {
    const entries = 'stream=codec_name,width,height,nb_read_frames,avg_frame_rate';
    const args = ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'json', file];
    return (JSON.parse((await execa('ffprobe', args)).stdout) as { streams: Stream[] }).streams;
  }

  async function frame(file: string, index: number, to: string): Promise<void> {
    await ffmpeg('-i', file, '-vf', `select=eq(n\\,${index})`, '-vsync', '0', '-frames:v', '1', to);
  }

  const meanDifference = (a: Uint8Array, b: Uint8Array) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length; // prettier-ignore

  test('is translated frame by frame, upright, at its rate, with its sound', async (t) => {
    const { dir, translate } = await setup(t);
    const { code, out, err } = await translate('holiday.mov', '--out', 'out');
    assert.equal(code, 0, out + err);
    assert.match(out, /1 translated: out/);
    assert.deepEqual(readdirSync(join(dir, 'out')).sort(), ['.translations.json', 'holiday.mov']);
    const [picture, sound] = await streamsOf(join(dir, 'out/holiday.mov'));
    assert.deepEqual([picture!.width, picture!.height, picture!.avg_frame_rate], [66, 98, '5/1']);
    assert.equal(picture!.nb_read_frames, '12');
    assert.equal(sound!.codec_name, 'aac');

    const input = join(dir, 'input.png');
    await frame(join(dir, 'holiday.mov'), 7, input);
    const translator = await openTranslator(join(dir, 'bundle'));
    await (await translator.translate(input)).save(join(dir, 'expected.png'));
    translator.dispose();
    await frame(join(dir, 'out/holiday.mov'), 7, join(dir, 'found.png'));
    await frame(join(dir, 'out/holiday.mov'), 2, join(dir, 'earlier.png'));
    // H.264 keeps one colour for four pixels, and this generator's colours change with each.
    const small = (name: string) => sharp(join(dir, name)).resize(11, 16, { kernel: 'cubic' }).raw().toBuffer();
    const [found, expected] = [await small('found.png'), await small('expected.png')];
    const right = meanDifference(found, expected);
    const other = Math.min(
      meanDifference(found, await small('input.png')),
      meanDifference(await small('earlier.png'), expected),
    );
    t.diagnostic(`mean difference to the frame’s translation ${right.toFixed(2)}, to others ${other.toFixed(2)}`);
    assert.ok(right < 6 && right < other / 2, `${right} ${other}`);

    assert.match((await translate('holiday.mov', '--out', 'out')).out, /0 translated, 1 there already/);
  });

  test('may be written to a file, beside its translation', async (t) => {
    const { dir, translate } = await setup(t);
    const { code, err } = await translate('plain.mp4', '--out', 'both.mkv', '--side-by-side', '--size', '16');
    assert.equal(code, 0, err);
    const [picture] = await streamsOf(join(dir, 'both.mkv'));
    assert.deepEqual([picture!.width, picture!.height], [32, 16]);
  });

  test('that is damaged is a problem, and leaves nothing', async (t) => {
    const { dir, translate } = await setup(t);
    const bytes = Buffer.alloc(4000);
    bytes.write('\0\0\0\x18ftypmp42', 'latin1');
    writeFileSync(join(dir, 'bad.mp4'), bytes);
    const { code, err } = await translate('bad.mp4', '--out', 'out');
    assert.equal(code, 1);
    assert.match(err, /ffmpeg cannot work on .*bad[.]mp4/);
    assert.deepEqual(readdirSync(join(dir, 'out')), ['.translations.json']);
  });

  test('without ffmpeg is a problem that says so', async (t) => {
    const { translate } = await setup(t);
    const path = process.env['PATH'];
    t.after(() => (process.env['PATH'] = path));
    process.env['PATH'] = '/nowhere';
    const { code, err } = await translate('plain.mp4', '--out', 'out');
    assert.equal(code, 1);
    assert.match(err, /ffmpeg is not installed/);
  });
});
