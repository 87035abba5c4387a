/** @typedef {import('./find.mjs').Mutant} Mutant */
/** @typedef {import('./try.mjs').Result} Result */

/** `src/evaluation/ssim.ts:8:12  0.03 -> 0.06`. @param {Mutant} mutant */
export function describe({ file, line, column, before, after }) {
  return `${file}:${line}:${column}  ${shortened(before)} -> ${shortened(after)}`;
}

/** @param {string} code */
function shortened(code) {
  const line = code.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** A table: a folder a line. @param {readonly Result[]} results */
export function scores(results) {
  const folders = [...new Set(results.map(({ mutant }) => mutant.folder ?? mutant.file))].sort();
  const rows = folders.map((folder) =>
    row(
      folder,
      results.filter(({ mutant }) => (mutant.folder ?? mutant.file) === folder),
    ),
  );
  const all = folders.length > 1 ? [row('all', results)] : [];
  const lines = [['folder', 'mutants', 'caught', 'timed out', 'survived', 'untested', 'score'], ...rows, ...all];
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

/** @param {string} name @param {readonly Result[]} results */
function row(name, results) {
  const count = (/** @type {Result['fate']} */ fate) => results.filter((result) => result.fate === fate).length;
  const caught = count('caught') + count('timed out');
  const numbers = [results.length, count('caught'), count('timed out'), count('survived'), count('untested')];
  return [name, ...numbers.map(String), `${((100 * caught) / results.length).toFixed(0)}%`];
}
