/** Finds what can be changed in a source: in its compiled JavaScript, with the place in the TypeScript. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { changesOf } from './changes.mjs';

/**
 * @typedef {object} Mutant
 * @property {string} file the TypeScript source, relative to the root
 * @property {string} compiled its JavaScript, relative to the root
 * @property {number} line in the TypeScript, from 1
 * @property {number} column from 1
 * @property {number} start in the JavaScript
 * @property {number} end in the JavaScript
 * @property {string} before
 * @property {string} after
 * @property {string} [folder] the path that was asked for
 */

/** Source files below a path, relative to the root. @param {string} root @param {string} path */
export function sourcesIn(root, path) {
  const whole = join(root, path);
  if (!path.startsWith('src') || !existsSync(whole)) return [];
  if (statSync(whole).isFile()) return [path];
  return readdirSync(whole, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.as.ts'))
    .map((file) => join(path, file))
    .sort();
}

/** @param {string} root @param {string} file @returns {Mutant[]} */
export function findMutants(root, file) {
  const compiled = join('.test-build', file.replace(/\.ts$/, '.js'));
  const script = readFileSync(join(root, compiled), 'utf8');
  const map = new SourceMap(JSON.parse(readFileSync(join(root, `${compiled}.map`), 'utf8')));
  const source = readFileSync(join(root, file), 'utf8').split('\n');
  const tree = ts.createSourceFile(compiled, script, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  /** @type {Mutant[]} */
  const found = [];
  const visit = (/** @type {ts.Node} */ node) => {
    if (isOutOfBounds(node)) return;
    for (const { start, end, after, place = start } of changesOf(node, tree)) {
      const at = tree.getLineAndCharacterOfPosition(place);
      const origin = map.findEntry(at.line, at.character);
      if (!('originalLine' in origin) || isExcluded(source, origin.originalLine)) continue;
      const where = { line: origin.originalLine + 1, column: origin.originalColumn + 1 };
      found.push({ file, compiled, ...where, start, end, before: script.slice(start, end), after });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** What must not be changed: signals and removals, which reach what is not ours; and what people read. @param {ts.Node} node */
function isOutOfBounds(node) {
  if (ts.isImportDeclaration(node)) return true;
  if (ts.isCallExpression(node)) return /(^|\.)(kill|rm|rmSync|rmdir)$/.test(node.expression.getText());
  return ts.isNewExpression(node) && /Error$/.test(node.expression.getText());
}

/** Whether a line, or a comment that is all of the line before, says why no test could tell. @param {string[]} source @param {number} line */
function isExcluded(source, line) {
  const reason = /\/\/ not mutated: \S/;
  const above = source[line - 1]?.trim() ?? '';
  return reason.test(source[line] ?? '') || (above.startsWith('//') && reason.test(above));
}

/**
 * So many of them, drawn by a hash of what each is: where the source has not changed, the same are drawn another time.
 *
 * @param {Mutant[]} mutants @param {number} limit @param {string} seed
 */
export function sample(mutants, limit, seed) {
  if (mutants.length <= limit) return mutants;
  /** @type {Map<string, number>} */
  const seen = new Map();
  const ranked = mutants.map((mutant) => {
    const what = `${mutant.file}\n${mutant.before}\n${mutant.after}`;
    const time = (seen.get(what) ?? 0) + 1;
    seen.set(what, time);
    return { mutant, rank: createHash('sha256').update(`${seed}\n${what}\n${time}`).digest('hex') };
  });
  const drawn = new Set(
    ranked
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, limit)
      .map(({ mutant }) => mutant),
  );
  return mutants.filter((mutant) => drawn.has(mutant));
}
