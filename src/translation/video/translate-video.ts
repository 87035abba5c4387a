import { once } from 'node:events';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { resize } from '../../data/images/resize.js';
import { grouped } from '../../support/grouped.js';
import type { RgbImage } from '../../inference/image-grid.js';
import type { TranslationSite } from '../translate-images.js';
import { joiningBatch, PATIENCE } from '../batches.js';
import { sideBySide } from '../outputs/side-by-side.js';
import { sizeFor } from '../prepare-image.js';
import type { TranslationRequest } from '../request.js';
import { framesIn } from './frames.js';
import { explain, probeVideo, undecodable, type VideoFacts } from './probe.js';

/** Containers that hold H.264 with any sound. */
const CONTAINERS = ['.mp4', '.mov', '.mkv'];

/** Whether a name is that of a video that can be written. */
export const isVideoName = (name: string): boolean => CONTAINERS.includes(extname(name).toLowerCase());

/** The name of a video's translation. */
export const videoName = (name: string): string =>
  isVideoName(name) ? name : `${name.slice(0, name.length - extname(name).length)}.mp4`;

/**
 * Translates a video frame by frame, with ffmpeg at both ends: at a constant rate, as H.264, with the sound as it is. The output appears
 * when it is whole.
 *
 * @returns whether it was finished; false when the signal was aborted
 * @throws ProblemError `no-ffmpeg` or `undecodable-video`
 */
export async function translateVideo(
  file: string,
  out: string,
  options: Pick<TranslationRequest, 'size' | 'sideBySide'>,
  { translator, training, emit, signal }: TranslationSite,
): Promise<boolean> {
  const facts = await probeVideo(file);
  await mkdir(dirname(out), { recursive: true });
  const building = `${out}.part${extname(out)}`;
  const decoder = decode(file, facts);
  let encoder: Encoder | undefined;
  let done = 0;
  const seenFrames = async function* () {
    for await (const { data, width, height } of framesIn(decoder.stdout)) {
      const size = sizeFor(options.size, { width, height }, training.imageSize);
      yield { ...size, data: resize(data, width, height, size, training.interpolation) };
    }
  };
  try {
    for await (const frames of grouped(seenFrames(), joiningBatch(translator), PATIENCE)) {
      if (signal.aborted) return false;
      const translations = await translator.translateTogether(frames);
      for (const [i, translated] of translations.entries()) {
        const shown = options.sideBySide ? sideBySide(frames[i]!, translated) : translated;
        encoder ??= new Encoder(file, building, shown, facts);
        await encoder.write(shown.data);
        emit({ kind: 'progress', unit: 'frames', done: ++done, total: Math.max(done, facts.frames) });
      }
    }
    await decoder;
    if (encoder === undefined) throw undecodable(file, 'it has no frame');
    await encoder.end();
    await rename(building, out);
    return true;
  } catch (error) {
    throw error instanceof RangeError ? undecodable(file, error.message) : explain(error, file);
  } finally {
    decoder.kill('SIGKILL');
    encoder?.kill();
    await rm(building, { force: true });
  }
}

/** Upright, at a constant rate, as PPM images, whose headers have the size after any turning. */
function decode(file: string, { rate }: VideoFacts) {
  const args = ['-v', 'error', '-i', file, '-map', '0:v:0', '-r', rate, '-f', 'image2pipe', '-c:v', 'ppm', '-'];
  const child = execa('ffmpeg', args, { stdin: 'ignore', encoding: 'buffer', buffer: { stdout: false, stderr: true } });
  child.catch(() => undefined); // It is awaited when its frames are read.
  return child;
}

class Encoder {
  readonly #child: ResultPromise<{ stdin: 'pipe'; stdout: 'ignore' }>;

  constructor(file: string, out: string, { width, height }: RgbImage, { rate }: VideoFacts) {
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', rate, '-i', '-'];
    // H.264 takes even sides only. Without the matrix, players would guess another one than ffmpeg.
    const filter = 'pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709,format=yuv420p';
    const colours = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];
    const video = ['-vf', filter, '-c:v', 'libx264', '-crf', '18', '-preset', 'medium', ...colours];
    const sound = ['-map', '0:v', '-map', '1:a?', '-c:a', 'copy'];
    const args = ['-v', 'error', '-y', ...input, '-i', file, ...sound, ...video, '-movflags', '+faststart', out];
    this.#child = execa('ffmpeg', args, { stdin: 'pipe', stdout: 'ignore' });
    this.#child.catch(() => undefined); // It is awaited at the end.
    // A program that has ended is reported by its exit, not by the closed pipe.
    this.#child.stdin.on('error', () => undefined);
  }

  async write(data: Uint8Array): Promise<void> {
    const { stdin } = this.#child;
    if (stdin.destroyed) await this.#child;
    if (!stdin.write(data)) await Promise.race([once(stdin, 'drain'), this.#child]);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#child;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
