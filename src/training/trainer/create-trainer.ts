import type { Method } from '../../registry/kinds/method.js';
import type { Trainer, TrainerOptions } from '../trainer.js';
import { EagerTrainer } from './eager-trainer.js';
import { GraphTrainer } from './graph-trainer.js';

export function createTrainer(method: Method, options: TrainerOptions): Trainer {
  return options.mode === 'graph' ? new GraphTrainer(method, options) : new EagerTrainer(method, options);
}
