/** A worker for tests: does what an image's bytes say, with what an image cannot do in truth. */
import { decodeTask, type DecodeTask } from '../../../src/data/prepare/decoding/decode-result.js';
import { serveTasks } from '../../../src/data/prepare/decoding/worker-thread.js';

serveTasks<DecodeTask, unknown>(async (task) => {
  const word = Buffer.from(task.bytes).toString('latin1');
  if (word === 'die') {
    setImmediate(() => {
      throw new Error('Segmentation fault');
    });
  }
  if (word === 'leave') process.exit(3);
  if (word === 'die' || word === 'hang') return new Promise(() => undefined);
  if (word === 'spin') for (;;);
  if (word === 'bug') return { answer: { bug: 'ReferenceError: nothing is not defined' }, transfer: [] };
  return { answer: { answer: await decodeTask(task) }, transfer: [] };
});
