import type { OptionsSchema } from '../../../registry/component.js';

export interface SlurmOptions {
  readonly partition: string | null;
  readonly account: string | null;
  readonly qos: string | null;
  readonly time: string | null;
  readonly cpus_per_task: number | null;
  readonly mem: string | null;
  readonly gres: string | null;
  readonly constraint: string | null;
  readonly preamble: readonly string[];
  readonly extra: readonly string[];
  readonly save_before: number;
}

/** A text option of `sbatch`, under its own name. */
const textOption = (description: string, expected: string) => ({
  type: ['string', 'null'],
  minLength: 1,
  default: null,
  description,
  expected,
});

const linesOption = (description: string) => ({
  type: 'array',
  items: { type: 'string', minLength: 1 },
  default: [],
  description,
});

export const SCHEMA: OptionsSchema = {
  properties: {
    partition: textOption('The partition (--partition); null for the default one.', 'the name of a partition, or null'),
    account: textOption('The account to charge (--account).', 'the name of an account, or null'),
    qos: textOption('The quality of service (--qos).', 'its name, or null'),
    time: textOption(
      'The time limit of a trial’s job (--time): minutes, or "HH:MM:SS", or "D-HH:MM:SS". A longer trial saves and resumes in another job.',
      'text such as "30" or "12:00:00", or null',
    ),
    cpus_per_task: {
      type: ['integer', 'null'],
      minimum: 1,
      default: null,
      description: 'Processor cores of a trial (--cpus-per-task).',
    },
    mem: textOption('Memory of a trial (--mem), such as 16G.', 'text such as 16G, or null'),
    gres: textOption('Graphics cards and the like (--gres), such as gpu:1.', 'text such as gpu:1, or null'),
    constraint: textOption('Required node features (--constraint).', 'features, or null'),
    preamble: linesOption('Lines of bash that a job runs first, such as [module load cuda].'),
    extra: linesOption('Further options of sbatch, such as [--nice=100].'),
    save_before: {
      type: 'integer',
      minimum: 1,
      maximum: 3600,
      default: 90,
      description: 'How many seconds before its time limit a trial saves and exits.',
    },
  },
};
