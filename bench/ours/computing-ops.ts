/** Ops that compute nothing: values that are there already, names for them, and order. */
const FREE = new Set(['Const', 'Identity', 'NoOp', 'Placeholder', 'ReadVariableOp', 'Reshape', 'VarHandleOp']);

/** The ops that compute something, the most frequent first, and how many of each. */
export function computingOps(ops: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...ops].filter(([op]) => !FREE.has(op)).sort(([, a], [, b]) => b - a));
}
