// Images by address, from a JSON file: {"trainA": [{"url": "https://...", "sha256": "..."}, ...], "trainB": ..., "testA": ..., "testB": ...}.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const urlIndex = {
  summary: 'Images by address, from a JSON file with a list for each of trainA, trainB, testA and testB',
  schema: {
    properties: {
      index: { type: 'string', format: 'path', description: 'The JSON file; relative to the config file.' },
    },
    required: ['index'],
  },
  create({ index }, { limit, signal }) {
    const entries = async (split) => JSON.parse(await readFile(index, 'utf8'))[split].slice(0, limit ?? undefined);

    async function read({ url, sha256 }) {
      const response = await fetch(url, { signal });
      if (!response.ok) throw new Error(`${url} answers ${response.status}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error(`${url} is another image`);
      return bytes;
    }

    return {
      // Identifies the images by their content, not their addresses.
      async identity() {
        const lists = await Promise.all(['trainA', 'trainB', 'testA', 'testB'].map(entries));
        return lists.map((list) => list.map(({ sha256 }) => sha256));
      },
      async list(split) {
        const list = await entries(split);
        return list.map((entry) => ({ name: entry.url, hash: entry.sha256, read: () => read(entry) }));
      },
    };
  },
};

export default { dataset: { 'url-index': urlIndex } };
