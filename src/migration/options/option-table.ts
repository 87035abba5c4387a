import { dataRows } from './data-rows.js';
import { lossRows } from './loss-rows.js';
import { networkRows } from './network-rows.js';
import type { OptionRow } from './option-row.js';
import { testRows } from './test-rows.js';
import { trainingRows } from './training-rows.js';

/** All options of pytorch-CycleGAN-and-pix2pix and of CUT, by the sections of docs/migration.md. */
export const OPTION_TABLE: Readonly<Record<string, readonly OptionRow[]>> = {
  'Model and networks': networkRows,
  Losses: lossRows,
  Data: dataRows,
  Training: trainingRows,
  Test: testRows,
};
