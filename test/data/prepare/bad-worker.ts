/** A worker for tests: it crashes, hangs or fails as the text in an image's bytes commands. */
import { decodeTask, type DecodeTask } from '../../../src/data/prepare/decoding/decode-result.js';
import { serveTasks } from '../../../src/data/prepare/decoding/worker-thread.js';

serveTasks<DecodeTask, unknown>(async (task) => {
  const command = Buffer.from(task.bytes).toString('latin1');
  if (command === 'die') {
    setImmediate(() => {
      throw new Error('Segmentation fault');
    });
  }
  if (command === 'leave') process.exit(3);
  if (command === 'die' || command === 'hang') return new Promise(() => undefined);
  if (command === 'spin') for (;;);
  if (command === 'bug') return { reply: { failure: 'ReferenceError: nothing is not defined' }, transfer: [] };
  return { reply: { result: await decodeTask(task) }, transfer: [] };
});
