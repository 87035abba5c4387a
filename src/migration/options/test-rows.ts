import type { OptionRow } from './option-row.js';

export const testRows: readonly OptionRow[] = [
  { theirs: '`test.py`', here: 'the stage `evaluate`, part of every run', keys: [] },
  {
    theirs: '`--results_dir`',
    here: "`evaluate` in the run's folder; `--out` of `runner translate`",
    keys: ['results_dir'],
  },
  {
    theirs: '`--num_test`',
    here: 'none: all test images are measured; `evaluate.images` says how many are kept one by one, `dataset.limit` takes fewer',
    keys: ['num_test'],
  },
  { theirs: '`--eval`', here: 'always: translations have no dropout', keys: ['eval'] },
  {
    theirs: '`--aspect_ratio`',
    here: 'none: `runner translate` keeps the size of each image',
    keys: ['aspect_ratio'],
  },
  { theirs: '`--model_suffix`', here: '`--direction` of `runner translate`', keys: ['model_suffix'] },
];
