import { parseCases } from '../../bench/cases.js';
import type { Command } from '../../bench/contestant.js';
import type { Entry, Result } from '../../bench/race.js';

/** A contestant that gets ready and then does what `onWord` says: JavaScript that sees `word`, `say` and `count` (from 1). */
export function fake(onWord: string, start = ''): Command {
  const program = `
    const say = (reply) => console.log(JSON.stringify(reply));
    ${start}
    say({ ready: { device: 'cpu', fake: '1.0' } });
    let count = 0;
    require('node:readline').createInterface({ input: process.stdin }).on('line', (word) => {
      if (word === 'end') { say({ peakMb: 12 }); process.exit(0); }
      count++;
      ${onWord}
    });`;
  return { file: process.execPath, args: ['-e', program], env: process.env };
}

export const [CASE] = parseCases('resnet1@32') as [ReturnType<typeof parseCases>[number]];

export function entry(who: string, command: Entry['command'], changes: Partial<Entry> = {}): Entry {
  const usual = { what: 'step', case: CASE, precision: 'float32', word: 'step', units: 1, memory: 0 } as const;
  return { ...usual, who, command, ...changes };
}

export function result(who: string, changes: Partial<Result> = {}): Result {
  return { entry: entry(who, { missing: '' }), seconds: [], facts: {}, ...changes };
}
