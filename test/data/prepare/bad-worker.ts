/** A worker for tests: does what a picture's bytes say, with what a picture cannot do in truth. */
import { answer, type Task } from '../../../src/data/prepare/decoding/answer.js';

const stored: number[][] = [];

export default async function work(task: Task): Promise<unknown> {
  const word = Buffer.from(task.bytes).toString('latin1');
  if (word === 'die')
    process.nextTick(() => {
      throw new Error('Segmentation fault');
    });
  if (word === 'die' || word === 'hang') return new Promise(() => undefined);
  while (word === 'eat') stored.push(new Array<number>(1e6).fill(1));
  if (word === 'bug') return { bug: 'ReferenceError: nothing is not defined' };
  return { answer: await answer(task) };
}
