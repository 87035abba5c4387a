// Writes every metric of a run to metrics.csv in the run's folder, a line for each point.
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const csv = {
  summary: 'Metrics as a CSV file in the run’s folder',
  schema: {
    properties: {
      file: { type: 'string', pattern: '^[\\w-]+[.]csv$', default: 'metrics.csv', description: 'The file’s name.' },
    },
  },
  // A new file name gets all records from the journal's beginning.
  destination: ({ file }) => file,
  create({ file: name }, { runDir, state }) {
    // The file's size in the saved state. A process that died may have written more: those records come again.
    let size = state?.size ?? 0;

    async function take(records) {
      const points = records.filter(({ kind }) => kind === 'metric');
      const lines = points.map((point) => `${point.time},${point.step},${point.name},${point.value}\n`);
      const bytes = Buffer.from((size === 0 ? 'time,step,name,value\n' : '') + lines.join(''));
      const file = await open(join(runDir, name), 'a');
      try {
        // The file was removed: ask for all records again.
        if ((await file.stat()).size < size) throw Object.assign(new Error('gone'), { name: 'StartOver' });
        await file.truncate(size);
        await file.appendFile(bytes);
      } finally {
        await file.close();
      }
      size += bytes.length;
      return { size };
    }

    return { take };
  },
};

export default { tracker: { csv } };
