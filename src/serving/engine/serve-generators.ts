import { loadTensorFlow } from '../../engine/native.js';
import { serveJob, type JobSite } from '../../pipeline/child/serve-job.js';
import type { Components } from '../../registry/kinds.js';
import type { StageResult } from '../../registry/kinds/stage.js';
import { openGenerators } from '../../translation/open-generator.js';
import { SERVING_MEMORY_CURE } from '../memory-cure.js';
import type { FromEngine, ServedModel, ServingJob, ToEngine } from '../protocol.js';
import { nameModels, refuseNamesakes } from './name-models.js';
import { OpenModel } from './open-model.js';
import { WorkDesk } from './work-desk.js';
import { aborted } from '../../support/aborted.js';

/** The main function of the process that computes what a server answers. @param components the built-in ones; runs' plugins are added */
export function serveGenerators(components: Components): Promise<void> {
  return serveJob<ServingJob>({
    title: () => 'The server’s engine',
    memoryCure: SERVING_MEMORY_CURE,
    prepare: () => Promise.resolve(),
    run: (job, site) => serve(job, components, site),
  });
}

/** Loads the generators, says which they are, and does what the parent asks for until it says stop. */
async function serve(job: ServingJob, components: Components, site: JobSite): Promise<StageResult> {
  await loadTensorFlow();
  const models = await openModels(job, components, site);
  const send = (message: FromEngine, sent?: () => void) => site.send(message, sent);
  const desk = new WorkDesk(models, job, send);
  site.receive((message) => desk.take(message as ToEngine));
  send({ kind: 'models', models: models.map(({ facts }) => facts) });
  await Promise.race([aborted(site.signal), desk.broken]);
  return { status: 'done', outputs: {} };
}

async function openModels({ places, limits }: ServingJob, components: Components, site: JobSite): Promise<OpenModel[]> {
  const models: OpenModel[] = [];
  const named: (readonly [ServedModel, string])[] = [];
  for (const served of places) {
    const generators = await openGenerators(served.place, served.direction, components, site);
    const facts = nameModels(served, generators);
    named.push(...facts.map((each) => [each, served.given] as const));
    models.push(...generators.map((generator, i) => new OpenModel(generator, facts[i]!, limits)));
  }
  refuseNamesakes(named);
  // The first image of a size costs a trace: those of the training's size wait for none.
  for (const model of models) await model.warmUp();
  return models;
}
