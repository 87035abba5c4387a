import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { roughMemory } from '../cases.js';
import { ownCommand, peerCommand, PEERS, OURS } from '../contestants.js';
import { drawnImages } from '../drawn-images.js';
import type { FilesTask } from '../protocol.js';
import { race, type Result } from '../race.js';
import { row } from '../report.js';
import { pairs, type Measure } from './options.js';

export const files: Measure = {
  summary:
    'A translation of files: JPEG images read, decoded, translated, encoded and written; next to PyTorch with Pillow.',
  cases: ['unet@256', 'resnet9@256'],
  precisions: ['float32'],
  rounds: 5,
  warmup: 1,
  async run(options) {
    const results: Result[] = [];
    for (const [benchCase, precision] of pairs(options)) {
      const images = join(await drawnImages({ count: 100, side: benchCase.size, log: options.log }), 'trainA');
      const units = (await readdir(images)).length;
      const task: FilesTask = { what: 'files', case: benchCase, precision, images };
      const common = {
        what: 'files',
        action: 'files',
        case: benchCase,
        precision,
        units,
        memory: roughMemory(benchCase),
      };
      results.push(
        ...(await race(
          [
            { ...common, who: OURS, command: ownCommand('files', task) },
            ...(options.peers.includes('pytorch')
              ? [{ ...common, who: 'pytorch', command: peerCommand(PEERS.pytorch, task) }]
              : []),
          ],
          options,
        )),
      );
    }
    const rows = results.map((result) => row(result));
    return { results, rows: rows.map((one) => ({ ...one, perSecond: one.seconds === null ? null : 1 / one.seconds })) };
  },
};
