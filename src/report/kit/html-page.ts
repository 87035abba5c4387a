import { createHash } from 'node:crypto';
import { Html, html, type Content } from './html.js';
import { PAGE_STYLE } from './page-style.js';

/** A page's own script. */
export interface PageScript {
  /** From trusted code; without `</script`. */
  readonly code: string;
  /** For the script: the content of the element `page-data`, as JSON. */
  readonly data: unknown;
}

/**
 * A self-contained page: no requests, no script but its own, and a policy that forbids all others whatever its texts contain.
 * @param style the page's CSS, from trusted code
 */
export function htmlPage({
  title,
  style,
  header,
  main,
  script,
}: {
  readonly title: string;
  readonly style: string;
  /** Below the title. */
  readonly header: Content;
  readonly main: Content;
  readonly script?: PageScript;
}): string {
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'${script === undefined ? '' : `; script-src '${hashOf(script.code)}'`}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policy)}" />
        <title>${title}</title>
        <style>
          ${new Html(PAGE_STYLE + style)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${header}
        </header>
        <main>${main}</main>
        ${script && scriptTags(script)}
      </body>
    </html> `.text;
}

function scriptTags({ code, data }: PageScript): Html {
  // In a script element only `<` can end it or open a comment.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return new Html(`<script type="application/json" id="page-data">${json}</script>\n<script>${code}</script>`);
}

/** As the policy names an inline script: the content between its tags. */
function hashOf(code: string): string {
  return `sha256-${createHash('sha256').update(code).digest('base64')}`;
}
