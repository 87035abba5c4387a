// Every metric of a run in a table, metrics.csv in the run's folder: a line for each point.
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const csv = {
  summary: 'Metrics as a CSV file in the run’s folder',
  schema: {
    properties: {
      file: { type: 'string', pattern: '^[\\w-]+[.]csv$', default: 'metrics.csv', description: 'The file’s name.' },
    },
  },
  // Another file gets everything from the journal's beginning.
  destination: ({ file }) => file,
  create({ file: name }, { runDir, state }) {
    // How long the file was when the state was kept: what a process wrote after that and died comes again.
    let size = state?.size ?? 0;

    async function take(records) {
      const points = records.filter(({ kind }) => kind === 'metric');
      const lines = points.map((point) => `${point.time},${point.step},${point.name},${point.value}\n`);
      const bytes = Buffer.from((size === 0 ? 'time,step,name,value\n' : '') + lines.join(''));
      const file = await open(join(runDir, name), 'a');
      try {
        // Somebody removed it: everything is asked for again.
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
