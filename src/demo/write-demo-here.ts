import { serveJob } from '../pipeline/child/serve-job.js';
import { loadTensorFlow } from '../engine/native.js';
import { generatorFor } from '../inference/trained-generators.js';
import { CHANNELS } from '../registry/kinds/network.js';
import type { Components } from '../registry/kinds.js';
import type { Direction, ExportedGenerator } from '../registry/kinds/export-format.js';
import type { StageContext, StageResult } from '../registry/kinds/stage.js';
import { loadGenerators } from '../translation/open-generator.js';
import { writeDemo } from '../web/write-demo.js';
import { DEMO_MEMORY_CURE, type DemoRequest } from './demo-request.js';

/** The main function of a process that writes a demo's folder. @param components the built-in ones; the run's plugins are added */
export function serveDemoJob(components: Components): Promise<void> {
  return serveJob<DemoRequest>({
    title: () => 'The demo',
    memoryCure: DEMO_MEMORY_CURE,
    prepare: () => Promise.resolve(),
    run: (request, site) => writeDemoHere(request, components, site),
  });
}

/** Writes a demo's folder in this process, with the generators of all directions. */
async function writeDemoHere(
  { generator: place, dir }: DemoRequest,
  components: Components,
  { emit }: Pick<StageContext, 'emit'>,
): Promise<StageResult> {
  await loadTensorFlow();
  const { trained, training, run, generator, title } = await loadGenerators(place, components, { emit });
  try {
    emit({ kind: 'note', level: 'info', text: title });
    const { imageSize, interpolation } = training;
    const generators = (Object.keys(trained.generators.of) as Direction[]).map((direction): ExportedGenerator => ({
      direction,
      ...generatorFor(trained, direction)!,
      generator,
      imageSize,
      interpolation,
      imageSizes: [imageSize],
      channels: CHANNELS,
      runName: run,
    }));
    const files = await writeDemo(generators, dir, { precision: 'float16', domains: null });
    return { status: 'done', outputs: { files } };
  } finally {
    trained.dispose();
  }
}
