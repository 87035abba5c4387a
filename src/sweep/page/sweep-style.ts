import { SHADES } from './ranks.js';

/** From the best (blue) to the worst (ochre): distinguishable without red or green vision. */
const shades = Array.from({ length: SHADES }, (_, shade) => {
  const best = Math.round((1 - shade / (SHADES - 1)) * 100);
  return `.s${shade} { --shade: color-mix(in oklab, var(--best) ${best}%, var(--worst)); }`;
}).join('\n');

/** Styles of the sweep page: charts, strips of images, the table of trials. */
export const STYLE = `
:root { --best: #0a4f96; --worst: #dc9a3c; }
@media (prefers-color-scheme: dark) { :root { --best: #7fc2ff; --worst: #b0742c; } }
section > p { font-size: 13px; }
.lede { max-width: 58rem; }
.lede + .lede { margin-top: .2rem; font-size: 1rem; }
figcaption { font-size: 13px; overflow-wrap: anywhere; } figcaption strong { color: var(--ink); }

.key { white-space: nowrap; }
.key i { display: inline-block; width: 4.5em; height: .6em; margin: 0 .45em; border-radius: 2px; background: linear-gradient(to right in oklab, var(--best), var(--worst)); -webkit-print-color-adjust: exact; print-color-adjust: exact; }
${shades}
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1.75rem 2.25rem; margin-top: 1rem; }
.charts > figure { max-width: 33rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 12px; fill: var(--soft); }
svg a { text-decoration: none; }
.base { fill: none; stroke: var(--bar); } .grid { stroke: var(--faint); }
.points circle { fill: var(--shade); fill-opacity: .85; stroke: var(--paper); stroke-width: .75; }
.points circle.best { fill-opacity: 1; stroke: var(--ink); stroke-width: 1.5; }
.points circle:hover { stroke: var(--ink); stroke-width: 2; }
.mean { stroke: var(--ink); stroke-width: 1.75; } .mean:hover { stroke-width: 4; } .band { stroke: var(--rule); stroke-width: 20; }
.trend { fill: none; stroke: var(--ink); stroke-width: 1; opacity: .4; pointer-events: none; }
.failure { fill: none; stroke: var(--mark); stroke-width: 1.5; }

.parallel { min-width: 46rem; margin-top: .5rem; }
.lines a { stroke: var(--shade); }
.lines path { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
.lines path.hit { stroke: transparent; stroke-width: 9; pointer-events: stroke; }
.many path { stroke-width: .7; opacity: .5; } .many path.hit { stroke-width: 3; }
.lines:hover path { opacity: .18; }
.lines a:hover path { opacity: 1; stroke-width: 3; } .lines a:hover path.hit { stroke-width: 9; }
.lines text { visibility: hidden; text-anchor: middle; stroke: none; fill: var(--ink); font-size: 13px; } .lines a:hover text { visibility: visible; }
.parallel .tick, .head, .note { paint-order: stroke; stroke: var(--paper); stroke-width: 3.5; stroke-linejoin: round; pointer-events: none; }
.parallel .head, .note { text-anchor: middle; } .parallel .head { font-size: 13px; fill: var(--ink); } .parallel .head.counts { font-weight: 600; }
.parallel .note { font-size: 11px; }

.strips { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr) minmax(0, 1fr); gap: 0 14px; padding: 3px 0; align-items: center; }
.strips > * { min-width: 0; }
.strips img { display: block; width: 100%; height: auto; }
.heads, .reference { font-size: 12px; color: var(--soft); line-height: 1.35; }
.reference { margin-bottom: 4px; padding: 3px 0; border-bottom: 1px solid var(--rule); background: var(--paper); }
.whole { grid-column: 2 / -1; }
.who { display: grid; font-size: 12px; line-height: 1.4; overflow-wrap: anywhere; }
.who .name { max-height: 5.6em; overflow: hidden; }

table { font-size: 13px; }
th, td { padding: .25rem 1.1rem .25rem 0; }
th[scope=colgroup] { border-bottom: 0; padding-bottom: 0; }
th[scope=row] { color: var(--ink); }
.by { font-weight: 600; color: var(--ink); }
td.text { white-space: nowrap; } td.long { min-width: 12rem; max-width: 18rem; overflow-wrap: anywhere; } td.problem { min-width: 14rem; max-width: 30rem; overflow-wrap: anywhere; }
tbody tr:hover { background: var(--faint); }
tr:target { background: var(--faint); box-shadow: -4px 0 var(--mark); }

@media (min-width: 62rem) and (min-height: 44rem) { .reference { position: sticky; top: 0; } }
@media (max-width: 40rem) {
  .strips { grid-template-columns: minmax(0, 1fr); gap: 3px; padding: 6px 0; }
  .strips.heads { display: block; } .heads span:last-child::before { content: ', '; }
  .reference img + img { display: none; }
  .whole { grid-column: 1; }
}
@media print {
  :root { --best: #0a4f96; --worst: #dc9a3c; }
  .strips, figure, tr, svg { break-inside: avoid; }
  .reference { position: static; }
  table { font-size: 8pt; } th, td { padding-right: .6rem; } .parallel { min-width: 0; }
}
`;
