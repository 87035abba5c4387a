/** A worker for tests: it crashes, hangs or fails as the text in an image's bytes, or in its file, commands. */
import { readFileSync } from 'node:fs';
import { decodeTask, type DecodeFileTask, type DecodeTask } from '../../../src/data/prepare/decoding/decode-result.js';
import {
  packReplies,
  unpackTasks,
  type BatchReply,
  type TasksMessage,
  type WorkerReply,
} from '../../../src/data/prepare/decoding/batch-message.js';
import { serveTasks } from '../../../src/data/prepare/decoding/worker-thread.js';

serveTasks<TasksMessage, BatchReply>(async (message) => {
  const tasks = unpackTasks(message);
  const replies: WorkerReply[] = [];
  for (const task of tasks) replies.push(await run(task, tasks.length));
  return { reply: packReplies(replies, 0), transfer: [] };
});

async function run(task: DecodeTask | DecodeFileTask, together: number): Promise<WorkerReply> {
  const bytes = 'file' in task ? readFileSync(task.file) : task.bytes;
  const command = Buffer.from(bytes).toString('latin1');
  if (command === 'die') {
    setImmediate(() => {
      throw new Error('Segmentation fault');
    });
  }
  if (command === 'leave') process.exit(3);
  if (command === 'die' || command === 'hang') return new Promise(() => undefined);
  if (command === 'spin') for (;;);
  if (command === 'bug') return { failure: 'ReferenceError: nothing is not defined' };
  if (command === 'count') return { result: { reason: `${together} in a message` } };
  return { result: await decodeTask({ ...task, bytes }) };
}
