import type { Components } from '../../registry/kinds.js';
import { loadPlugins } from '../../registry/plugins.js';
import { callStage } from '../call-stage.js';
import type { StageJob } from '../stage-job.js';
import { serveJob } from './serve-job.js';

/** The main function of a stage's process. @param components the built-in ones; the config's plugins are added */
export function serveStage(components: Components): Promise<void> {
  return serveJob<StageJob>({
    title: ({ stage }) => `Stage "${stage}"`,
    prepare: ({ config }) => loadPlugins(config.plugins, components),
    run: (job, { signal, ...reporter }) => callStage(job, components, signal, reporter),
  });
}
