import { parseCases } from '../../bench/cases.js';
import type { Command } from '../../bench/contestant.js';
import type { Reply } from '../../bench/protocol.js';
import type { Entry, Result } from '../../bench/race.js';

const READY: Reply = { ready: { device: 'cpu', fake: '1.0' } };

/** A contestant that runs `onAction`: JavaScript that can use `action`, `send` and `count` (from 1). */
export function fake(onAction: string, start = '', ready: Reply = READY): Command {
  const program = `
    const send = (reply) => console.log(JSON.stringify(reply));
    ${start}
    send(${JSON.stringify(ready)});
    let count = 0;
    require('node:readline').createInterface({ input: process.stdin }).on('line', (action) => {
      if (action === 'end') { send({ peakMb: 12 }); process.exit(0); }
      count++;
      ${onAction}
    });`;
  return { file: process.execPath, args: ['-e', program], env: process.env };
}

export const [CASE] = parseCases('resnet1@32') as [ReturnType<typeof parseCases>[number]];

export function entry(who: string, command: Entry['command'], changes: Partial<Entry> = {}): Entry {
  const defaults = { what: 'step', case: CASE, precision: 'float32', action: 'step', units: 1, memory: 0 } as const;
  return { ...defaults, who, command, ...changes };
}

export function result(who: string, changes: Partial<Result> = {}): Result {
  return { entry: entry(who, { missing: '' }), seconds: [], facts: {}, ...changes };
}
