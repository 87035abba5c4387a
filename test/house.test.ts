import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const src = join(root, 'src');

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.as.ts'))
  .map((file) => join(src, file));

/** The files that each file needs when it is loaded: imports of types are not among them. */
const imports = new Map(files.map((file) => [file, importsOf(file, false)]));

function importsOf(file: string, types: boolean): string[] {
  const { statements } = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier: specifier } = statement;
    if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return [];
    return !types && isOfTypes(statement) ? [] : [join(dirname(file), specifier.text.replace(/\.js$/, '.ts'))];
  });
}

function isOfTypes(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const { isTypeOnly, exportClause } = statement;
    return isTypeOnly || (exportClause !== undefined && areTypes(exportClause));
  }
  const clause = statement.importClause;
  if (clause === undefined) return false;
  return clause.isTypeOnly || (clause.name === undefined && areTypes(clause.namedBindings));
}

function areTypes(names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (names === undefined || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return false;
  return names.elements.length > 0 && [...names.elements].every(({ isTypeOnly }) => isTypeOnly);
}

/** @returns the files of a circle, if there is one */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next);
      if (circle !== undefined) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = visit(file);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('the house', () => {
  test('has no circle of imports', () => {
    const circle = findCircle(imports)?.map((file) => relative(root, file));
    assert.equal(circle?.join(' -> '), undefined);
    const graph = new Map([['a', ['b']], ['b', ['c']], ['c', ['a']]]); // prettier-ignore
    assert.deepEqual(findCircle(graph), ['a', 'b', 'c', 'a'], 'a circle is found');
  });

  test('has no circle in src/pipeline, of imports of types either', () => {
    const pipeline = files.filter((file) => file.startsWith(join(src, 'pipeline')));
    const circle = findCircle(new Map(pipeline.map((file) => [file, importsOf(file, true)])));
    assert.equal(circle?.map((file) => relative(root, file)).join(' -> '), undefined);
  });

  test('has rooms that docs/architecture.md describes, each of them', () => {
    const rooms = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    assert.deepEqual(
      rooms.map(({ name }) => `src/${name}`).filter((room) => !text.includes(`\`${room}\``)),
      [],
    );
  });

  test('has nothing in it that no file imports', () => {
    const entries = new Set(
      [
        ...['index.ts', 'graph.ts', 'method.ts', 'mlflow.ts'],
        ...['app/command.ts', 'app/stage-process.ts', 'app/translation-process.ts', 'app/demo-process.ts'],
        // Started by their addresses.
        ...['web/client/worker.ts', 'web/client/sw.ts'],
      ].map((file) => join(src, file)),
    );
    const texts = files.map((file) => readFileSync(file, 'utf8'));
    const unused = files.filter((file) => {
      const name = file.split('/').at(-1)!.replace(/\.ts$/, '.js');
      return !entries.has(file) && !texts.some((text) => text.includes(`/${name}'`));
    });
    assert.deepEqual(
      unused.map((file) => relative(root, file)),
      [],
    );
  });
});
