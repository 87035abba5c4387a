/** The small faults that are tried, by kind of syntax. */
import ts from 'typescript';

/**
 * @typedef {object} Change
 * @property {number} start
 * @property {number} end
 * @property {string} after what stands there instead
 * @property {number} [place] where to say it is; else `start`
 */

const OPERATORS = new Map(
  Object.entries({
    '+': '-',
    '-': '+',
    '*': '/',
    '/': '*',
    '%': '*',
    '**': '*',
    '+=': '-=',
    '-=': '+=',
    '*=': '/=',
    '/=': '*=',
    '<': '<=',
    '<=': '<',
    '>': '>=',
    '>=': '>',
    '===': '!==',
    '!==': '===',
    '&&': '||',
    '||': '&&',
    '??': '&&',
    '??=': '=',
  }),
);

/** Functions whose namesake does another thing to the same arguments; the first of a chain, such as `tf.add`, is left. */
const NAMES = pairs([
  ['add', 'sub'],
  ['mul', 'div'],
  ['mean', 'sum'],
  ['min', 'max'],
  ['ceil', 'floor'],
  ['some', 'every'],
  ['startsWith', 'endsWith'],
  ['floor', 'round'],
  ['minimum', 'maximum'],
  ['zeros', 'ones'],
  ['zerosLike', 'onesLike'],
  ['greater', 'greaterEqual'],
  ['less', 'lessEqual'],
]);
/** Methods that may as well not be called. */
const PASSED_OVER = new Set(['sort', 'reverse', 'toSorted', 'filter', 'trim', 'slice', 'toLowerCase']);
/** Words of this program whose opposite is another thing of the same kind. */
const WORDS = pairs([
  ['AtoB', 'BtoA'],
  ['G', 'F'],
  ['D_X', 'D_Y'],
  ['A', 'B'],
  ['x', 'y'],
  ['same', 'valid'],
  ['higher', 'lower'],
  ['float32', 'int32'],
]);

/** What can be changed at a node itself, not below it. @param {ts.Node} node @param {ts.SourceFile} tree @returns {Change[]} */
export function changesOf(node, tree) {
  if (ts.isBinaryExpression(node)) return ofOperator(node, tree);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return ofUnary(node, tree);
  if (ts.isNumericLiteral(node)) return [replaced(node, tree, otherNumber(Number(node.text)))];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replaced(node, tree, 'false')];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replaced(node, tree, 'true')];
  if (ts.isIfStatement(node)) return negated(node.expression, tree);
  if (ts.isConditionalExpression(node)) return negated(node.condition, tree);
  if (ts.isCallExpression(node)) return ofCall(node, tree);
  if (ts.isExpressionStatement(node)) return ofStatement(node, tree);
  if (ts.isSpreadElement(node) && ts.isArrayLiteralExpression(node.parent)) return [replaced(node, tree, '...[]')];
  if (ts.isSpreadAssignment(node)) return [replaced(node, tree, '...{}')];
  if (ts.isStringLiteral(node) && WORDS.has(node.text)) return [replaced(node, tree, `'${WORDS.get(node.text)}'`)];
  return [];
}

/** @param {ts.BinaryExpression} node @param {ts.SourceFile} tree @returns {Change[]} */
function ofOperator({ operatorToken, left, right }, tree) {
  const after = OPERATORS.get(operatorToken.getText(tree));
  const isText = [left, right].some((side) => ts.isStringLiteral(side) || ts.isTemplateExpression(side));
  if (after === undefined || (isText && /^[+]/.test(operatorToken.getText(tree)))) return [];
  return [replaced(operatorToken, tree, after)];
}

/** @param {ts.PrefixUnaryExpression | ts.PostfixUnaryExpression} node @param {ts.SourceFile} tree @returns {Change[]} */
function ofUnary(node, tree) {
  const { operator, operand } = node;
  if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken) {
    // A loop that counts backwards never ends: nothing is learned from it.
    if (ts.isForStatement(node.parent)) return [];
    const other = operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++';
    return [replaced(node, tree, node.getText(tree).replace(/\+\+|--/, other))];
  }
  if (operator !== ts.SyntaxKind.MinusToken && operator !== ts.SyntaxKind.ExclamationToken) return [];
  return [replaced(node, tree, `(${operand.getText(tree)})`)];
}

/** @param {number} value */
function otherNumber(value) {
  if (!Number.isInteger(value)) return String(value * 2);
  return value === 1 ? '0' : String(value + 1);
}

/** @param {ts.Expression} condition @param {ts.SourceFile} tree @returns {Change[]} */
function negated(condition, tree) {
  // `!a` is changed to `a` at the `!`, `a === b` to `a !== b` at the operator.
  if (ts.isPrefixUnaryExpression(condition)) return [];
  if (ts.isBinaryExpression(condition) && /^[!=]==$/.test(condition.operatorToken.getText(tree))) return [];
  return [replaced(condition, tree, `!(${condition.getText(tree)})`)];
}

/** @param {ts.CallExpression} node @param {ts.SourceFile} tree @returns {Change[]} */
function ofCall({ expression: callee }, tree) {
  if (!ts.isPropertyAccessExpression(callee)) return [];
  const name = callee.name.text;
  const after = NAMES.get(name);
  const place = callee.name.getStart(tree);
  if (after !== undefined) return [{ ...replaced(callee.name, tree, after), place }];
  if (!PASSED_OVER.has(name)) return [];
  // `items.filter(f)` becomes `items`: what follows the name, up to the end of the call, goes.
  const target = callee.expression.getText(tree);
  return [{ ...replaced(callee.parent, tree, ts.isIdentifier(callee.expression) ? target : `(${target})`), place }];
}

/** A call for its effect: not made. @param {ts.ExpressionStatement} node @param {ts.SourceFile} tree @returns {Change[]} */
function ofStatement(node, tree) {
  const { expression } = node;
  const called = ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (!ts.isCallExpression(called) || called.expression.kind === ts.SyntaxKind.SuperKeyword) return [];
  return [replaced(node, tree, ';')];
}

/** @param {ts.Node} node @param {ts.SourceFile} tree @param {string} after @returns {Change} */
function replaced(node, tree, after) {
  return { start: node.getStart(tree), end: node.getEnd(), after };
}

/** Each word to the other. @param {readonly (readonly [string, string])[]} words */
function pairs(words) {
  return new Map([...words.map(([one, other]) => /** @type {const} */ ([other, one])), ...words]);
}
