import type { Components, Kinds } from './kinds.js';
import { Registry } from './registry.js';

/** The composition root: the one table that knows every built-in component. Each call makes fresh registries, for plugins to add to. */
export function builtins(): Components {
  return {
    dataset: new Registry<Kinds['dataset']>('dataset', {}),
    generator: new Registry<Kinds['generator']>('generator', {}),
    discriminator: new Registry<Kinds['discriminator']>('discriminator', {}),
    adversarial: new Registry<Kinds['adversarial']>('adversarial', {}),
    optimizer: new Registry<Kinds['optimizer']>('optimizer', {}),
    schedule: new Registry<Kinds['schedule']>('schedule', {}),
    metric: new Registry<Kinds['metric']>('metric', {}),
    stage: new Registry<Kinds['stage']>('stage', {}),
    tracker: new Registry<Kinds['tracker']>('tracker', {}),
    export: new Registry<Kinds['export']>('export', {}),
  };
}
