import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveBlock } from '../../src/cli/console/live-block.js';
import { Terminal } from './terminal.js';

const lines = (width: number) => ['a'.repeat(width), 'b'.repeat(Math.min(width, 30)), 'c'];
const expected = (width: number) => lines(width - 1);

/** A clock that is always late enough to draw again. */
function blockOn(terminal: Terminal) {
  let now = 0;
  return new LiveBlock(terminal, () => (now += 1000));
}

test('a block is redrawn in place, and permanent lines are written above it', () => {
  const terminal = new Terminal(60);
  const block = blockOn(terminal);
  block.say('first');
  block.show(lines);
  block.show(() => ['x']);
  assert.deepEqual(terminal.shown, ['first', 'x']);
  block.show(lines);
  block.say('second, which is longer than the terminal is wide, so that it is folded');
  assert.deepEqual(terminal.shown, [
    'first',
    'second, which is longer than the terminal is wide, so that i',
    't is folded',
    ...expected(60),
  ]);
  assert.ok(!terminal.cursorShown);
  block.close();
  assert.equal(terminal.shown.length, 3);
  assert.ok(terminal.cursorShown);
});

for (const folds of [true, false]) {
  test(`a terminal that becomes narrower or wider ${folds ? 'and folds its lines ' : ''}shows nothing twice`, () => {
    const terminal = new Terminal(120);
    const block = blockOn(terminal);
    block.say('what stays');
    block.show(lines);
    for (const columns of [100, 40, 21, 20, 90, 15, 160]) {
      terminal.resize(columns, { folds });
      assert.deepEqual(
        terminal.shown,
        ['what stays', ...expected(columns)].map((line) => line.slice(0, columns)),
      );
    }
    block.close();
    assert.deepEqual(terminal.shown, ['what stays']);
  });
}

test('signs that are wider than one column, and lines that are too long, do not spoil the block', () => {
  const terminal = new Terminal(20);
  const block = blockOn(terminal);
  block.show(() => ['x'.repeat(50), 'y']);
  block.show(() => ['x'.repeat(50), 'y']);
  assert.deepEqual(terminal.shown.length, 2);
  block.close();
  assert.deepEqual(terminal.shown, []);
});

test('every drawing is one write, ten a second at most', () => {
  const terminal = new Terminal(60);
  let now = 0;
  const block = new LiveBlock(terminal, () => now);
  for (; now < 1000; now += 10) block.show(lines);
  assert.equal(terminal.writes, 10);
  block.close();
});

test('a terminal with few lines gets the first of the block, without scrolling', () => {
  const terminal = new Terminal(60);
  terminal.rows = 3;
  const block = blockOn(terminal);
  block.show(lines);
  assert.deepEqual(terminal.shown, expected(60).slice(0, 2));
  block.close();
});

test('a closed block shows nothing and removes its listeners', () => {
  const terminal = new Terminal(60);
  const listeners = () =>
    process.listenerCount('exit') + process.listenerCount('SIGTSTP') + process.listenerCount('SIGQUIT');
  const before = listeners();
  const block = blockOn(terminal);
  assert.equal(listeners(), before + 3);
  block.show(lines);
  block.close();
  block.show(lines);
  terminal.resize(30);
  assert.deepEqual(terminal.shown, []);
  assert.equal(listeners(), before);
});

test('the end of the program restores the cursor', () => {
  const terminal = new Terminal(60);
  const block = blockOn(terminal);
  block.show(lines);
  // What Node calls when the program ends.
  (process.listeners('exit').at(-1) as () => void)();
  assert.ok(terminal.cursorShown);
  assert.deepEqual(terminal.shown, []);
  block.close();
});
