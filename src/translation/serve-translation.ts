import { serveJob } from '../pipeline/child/serve-job.js';
import type { Components } from '../registry/kinds.js';
import { TRANSLATION_MEMORY_CURE, type TranslationRequest } from './request.js';
import { translateHere } from './translate-here.js';

/** The main function of a process that translates images. @param components the built-in ones; the run's plugins are added */
export function serveTranslation(components: Components): Promise<void> {
  return serveJob<TranslationRequest>({
    title: () => 'The translation',
    memoryCure: TRANSLATION_MEMORY_CURE,
    prepare: () => Promise.resolve(),
    run: (request, site) => translateHere(request, components, site),
  });
}
