/** Whether a file's name is a TypeScript name, except JSX. */
export function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path);
}

/** Whether this Node process loads TypeScript: by default from 22.18 and 23.6 on, with an option from 22.7 on. */
export function loadsTypeScript(): boolean {
  const features = process.features as { readonly typescript?: unknown };
  return typeof features.typescript === 'string';
}

/** The cure for a TypeScript file that Node does not load. */
export function typeScriptCure(path: string): string {
  return `Use Node 22.18 or later; or compile it, such as with \`npx -p typescript tsc --module nodenext --skipLibCheck ${path}\`, and name the JavaScript.`;
}
