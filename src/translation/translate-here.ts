import { join } from 'node:path';
import { loadTensorFlow } from '../engine/native.js';
import type { Components } from '../registry/kinds.js';
import type { StageContext, StageResult } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import { ProblemError } from '../support/problem.js';
import { imagesIn, type Counting } from './counts.js';
import { fileImage, nameBelow } from './inputs/file-images.js';
import { inputImages } from './inputs/input-images.js';
import { imageTranslator } from './image-translator-of.js';
import { openGenerator, type OpenGenerator } from './open-generator.js';
import { claimFolder } from './outputs/out-folder.js';
import type { TranslationCounts, TranslationRequest } from './request.js';
import { isInShard, isPresent, ofShard, translateImages, type TranslationSite } from './translate-images.js';
import { translateVideo, videoName } from './video/translate-video.js';

/**
 * Translates images in this process.
 *
 * @param components the built-in ones; the run's plugins are added
 * @throws ProblemError for a generator that cannot be loaded, an output folder of other files, and inputs without an image
 */
export async function translateHere(
  request: TranslationRequest,
  components: Components,
  { emit, signal }: Pick<StageContext, 'emit' | 'signal'>,
): Promise<StageResult> {
  await loadTensorFlow();
  const generator = await openGenerator(request.generator, request.direction, components, { emit });
  try {
    emit({ kind: 'note', level: 'info', text: `${generator.title}, ${generator.direction}` });
    await claim(request, generator);
    const translator = imageTranslator(generator, request);
    let total = 0;
    void countImages(request, signal).then((count) => (total = count));
    const images = inputImages(request.inputs, request.out.path);
    const site = { translator, training: generator.training, emit, signal, total: () => total };
    const counts = await translateImages(images, request, site);
    await translateVideos(request, site, counts);
    if (signal.aborted) return { status: 'interrupted', saved: `${counts.translated} translations` };
    if (total === 0 && request.shard.count === 1) expectSome(counts);
    return { status: 'done', outputs: counts satisfies TranslationCounts as unknown as JsonObject };
  } finally {
    generator.program.dispose();
  }
}

/** Translates the videos of this process's share, and counts them. */
async function translateVideos(request: TranslationRequest, site: TranslationSite, counts: Counting): Promise<void> {
  const { inputs, out, shard, force } = request;
  for (const { kind, path } of inputs.given) {
    const name = nameBelow(inputs.root, path);
    if (kind !== 'video' || site.signal.aborted || !isInShard(name, shard)) continue;
    const to = out.kind === 'file' ? out.path : join(out.path, ...videoName(name).split('/'));
    if (!force && (await isPresent(to, fileImage(path, name)))) counts.present++;
    else if (await translateVideo(path, to, request, site)) counts.translated++;
  }
}

async function claim({ out, size, format, sideBySide, force }: TranslationRequest, generator: OpenGenerator) {
  if (out.kind === 'file') return;
  const { sha256, title, direction } = generator;
  await claimFolder(out.path, { sha256, generator: title, direction, size, format, side_by_side: sideBySide }, force);
}

/** The images of this process's share; 0 where counting would read them all. Meanwhile the first are translated. */
async function countImages({ inputs, out, shard }: TranslationRequest, signal: AbortSignal): Promise<number> {
  const uncountable = inputs.given.some(({ kind }) => kind === 'archive' || kind === 'stdin') || inputs.list === '-';
  if (uncountable) return 0;
  let count = 0;
  try {
    for await (const image of ofShard(inputImages(inputs, out.path), shard, signal)) if (image.name !== '') count++;
  } catch {
    return 0; // The translation finds the same, and reports it.
  }
  return count;
}

function expectSome(counts: TranslationCounts): void {
  if (imagesIn(counts) > 0) return;
  throw new ProblemError({
    code: 'no-images',
    message: 'There is no image in what was given.',
    cure: 'Give images, folders or archives of images (JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP, PNM).',
  });
}
