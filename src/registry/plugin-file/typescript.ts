/** Whether a file's name is one of TypeScript's, JSX aside. */
export function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path);
}

/** Whether this Node, as it was started, loads TypeScript: from 22.18 and 23.6 on by itself, from 22.7 on when it is asked to. */
export function loadsTypeScript(): boolean {
  const features = process.features as { readonly typescript?: unknown };
  return typeof features.typescript === 'string';
}

/** What to do with a file that Node does not load because it is TypeScript. */
export function typeScriptCure(path: string): string {
  return `Use Node 22.18 or later; or compile it, such as with \`npx -p typescript tsc --module nodenext --skipLibCheck ${path}\`, and name the JavaScript.`;
}
