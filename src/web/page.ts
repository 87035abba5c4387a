/** Where files of the folder are named in the page, their address with the checksum is put: `{{demo.js}}`. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'";

/** The page; its script fills in what the folder's generators are. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <meta name="color-scheme" content="light dark" />
    <title>{{title}}</title>
    <link rel="icon" href="{{icon.svg}}" type="image/svg+xml" />
    <link rel="stylesheet" href="{{style.css}}" />
    <script type="module" src="{{demo.js}}"></script>
  </head>
  <body>
    <header>
      <h1>{{title}}</h1>
      <p class="soft">Your pictures stay on this device: the network runs in your browser.</p>
    </header>
    <main>
      <div class="bar">
        <fieldset id="directions" class="segments" hidden><legend class="unseen">Direction</legend></fieldset>
        <label id="size-label">Size <select id="size"></select></label>
        <span class="actions">
          <button type="button" id="choose">Choose a picture</button>
          <button type="button" id="camera" hidden>Camera</button>
          <button type="button" id="save" disabled>Save</button>
        </span>
        <input type="file" id="file" accept="image/*" hidden />
      </div>
      <section id="stage" aria-label="Picture and translation" data-state="empty">
        <button type="button" class="empty">
          <strong>Drop a picture here</strong>
          <span class="soft">or choose one, or paste it</span>
        </button>
        <div class="frame">
          <img id="before" alt="" />
          <video id="video" playsinline muted aria-label="Camera"></video>
          <canvas id="after" role="img" aria-label="Translation"></canvas>
          <i class="line" aria-hidden="true"></i>
          <input type="range" id="divider" min="0" max="100" value="50" step="1" aria-label="Divider between the picture, left, and its translation, right" />
          <span class="tag left" id="tag-before"></span>
          <span class="tag right" id="tag-after"></span>
        </div>
        <div class="working" hidden>
          <progress id="progress" max="1" aria-label="Progress"></progress>
          <button type="button" id="cancel">Cancel</button>
        </div>
        <div class="shooting" hidden>
          <button type="button" id="shoot">Take the picture</button>
          <button type="button" id="stop-camera">Close the camera</button>
        </div>
      </section>
      <p id="status" role="status" aria-live="polite">Starting. If this stays, open the folder through a web server: scripts do not run from a file.</p>
      <section id="examples" aria-labelledby="examples-title" hidden>
        <h2 id="examples-title">Examples</h2>
        <ul></ul>
      </section>
      <details id="backends">
        <summary>How it runs</summary>
        <p id="why" class="soft"></p>
        <fieldset><legend class="unseen">What computes</legend></fieldset>
        <p class="soft" id="offline"></p>
        <p class="soft" id="origin"></p>
      </details>
    </main>
    <div id="dropping" aria-hidden="true">Drop the picture</div>
  </body>
</html>
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f5fa8"/><path d="M16 0h9a7 7 0 0 1 7 7v18a7 7 0 0 1-7 7h-9z" fill="#c25a14"/><path d="M16 2v28" stroke="#fff" stroke-width="2"/></svg>
`;

/** The page's CSS: the colours of the reports (src/report/kit). */
export const STYLE = `:root { color-scheme: light dark; --paper: #fffefb; --ink: #1c1b19; --soft: #6b6862; --rule: #e2dfd8; --faint: #f1eee8; --bar: #a9a59c; --mark: #a3301c; --accent: #1f5fa8; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161615; --ink: #e6e3dc; --soft: #98948b; --rule: #33312e; --faint: #1f1e1c; --bar: #6c6962; --mark: #f0836d; --accent: #7fb6f2; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; padding: 1.75rem 1.5rem 3rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; font-weight: 600; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 1.75rem 0 .6rem; font-size: 1rem; font-weight: 600; }
p { margin: .3rem 0; text-wrap: pretty; overflow-wrap: anywhere; }
.soft { color: var(--soft); } header .soft { font-size: 14px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); padding: 0; border: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button, select { font: inherit; font-size: 14px; color: inherit; background: var(--faint); border: 1px solid var(--rule); border-radius: 7px; padding: .45rem .85rem; min-height: 2.5rem; cursor: pointer; }
button:hover:not(:disabled), select:hover { border-color: var(--bar); } button:disabled { opacity: .5; cursor: default; }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }

.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem 1rem; margin: 1.1rem 0 .9rem; font-size: 14px; }
.bar label { display: inline-flex; align-items: center; gap: .5rem; color: var(--soft); } .bar select { color: var(--ink); }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-left: auto; }
.segments { display: inline-flex; flex-wrap: wrap; background: var(--faint); border: 1px solid var(--rule); border-radius: 8px; padding: 2px; }
.segments label { position: relative; padding: .4rem .8rem; border-radius: 6px; cursor: pointer; color: var(--soft); }
.segments input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.segments label:has(:checked) { background: var(--paper); color: var(--ink); box-shadow: 0 0 0 1px var(--rule), 0 1px 2px rgb(0 0 0 / .08); }
.segments label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 1px; }

#stage { position: relative; display: grid; place-items: center; min-height: min(26rem, 60vh); border-radius: 12px; background: var(--faint); overflow: hidden; }
.empty { grid-area: 1 / 1; place-self: stretch; display: grid; place-content: center; gap: .2rem; margin: 10px; border: 2px dashed var(--rule); border-radius: 8px; background: none; font-size: 15px; } .empty strong { font-weight: 600; font-size: 1.15rem; }
#stage:not([data-state=empty]) .empty { display: none; }
#stage[data-state=empty] .frame { display: none; }
.frame { --at: 50%; --ratio: 1; grid-area: 1 / 1; position: relative; aspect-ratio: var(--ratio); width: min(100%, calc(min(72vh, 44rem) * var(--ratio))); background: #fff; overflow: hidden; }
.frame > img, .frame > canvas, .frame > video { position: absolute; inset: 0; display: block; width: 100%; height: 100%; }
#stage:not([data-source=camera]) video, #stage[data-source=camera] #before { display: none; }
#after { clip-path: inset(0 0 0 var(--at)); image-rendering: auto; }
.frame .line { position: absolute; top: 0; bottom: 0; left: var(--at); width: 2px; margin-left: -1px; background: #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / .35); pointer-events: none; }
.frame .line::after { content: ''; position: absolute; top: 50%; left: 50%; width: 2.4rem; height: 2.4rem; translate: -50% -50%; border-radius: 50%; background: #fff url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23333' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'%3E%3Cpath d='M9 7l-5 5 5 5M15 7l5 5-5 5'/%3E%3C/svg%3E") center / 60% no-repeat; box-shadow: 0 0 0 1px rgb(0 0 0 / .25), 0 1px 4px rgb(0 0 0 / .3); }
#divider { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize; touch-action: pan-y; }
.frame:has(#divider:focus-visible) .line { background: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
.tag { position: absolute; bottom: .6rem; padding: .1rem .55rem; border-radius: 99px; background: rgb(0 0 0 / .62); color: #fff; font-size: 12px; pointer-events: none; max-width: 45%; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.tag.left { left: .6rem; } .tag.right { right: .6rem; }
#stage:not([data-state=done]) :is(#after, .line, #divider, .tag) { visibility: hidden; }
.working, .shooting { position: absolute; left: 50%; bottom: 1rem; translate: -50% 0; z-index: 1; display: flex; align-items: center; gap: .75rem; max-width: calc(100% - 2rem); padding: .5rem .6rem .5rem 1rem; border-radius: 10px; background: var(--paper); box-shadow: 0 0 0 1px var(--rule), 0 4px 16px rgb(0 0 0 / .18); }
.shooting { padding: .5rem; bottom: 3rem; flex-wrap: wrap; justify-content: center; }
progress { width: min(14rem, 45vw); height: .5rem; accent-color: var(--accent); }
#status { min-height: 1.5em; margin: .7rem 0 0; } #status.failed { color: var(--mark); }

#examples ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr)); gap: .6rem; margin: 0; padding: 0; list-style: none; }
#examples button { display: block; width: 100%; padding: 0; border: 0; border-radius: 8px; overflow: hidden; background: none; }
#examples img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; } #examples button:hover img { opacity: .88; }
#examples button[aria-pressed=true] { outline: 3px solid var(--accent); outline-offset: 1px; }
details { margin-top: 1.75rem; border-top: 1px solid var(--rule); padding-top: .8rem; font-size: 14px; } summary { cursor: pointer; width: max-content; color: var(--soft); }
#backends fieldset { display: grid; gap: .15rem; margin: .5rem 0; } #backends label { display: flex; gap: .5rem; align-items: baseline; } #backends button { justify-self: start; margin-top: .4rem; } #backends label.refused { color: var(--soft); }
#dropping { position: fixed; inset: .75rem; z-index: 9; display: none; place-items: center; border: 3px dashed var(--accent); border-radius: 16px; background: color-mix(in srgb, var(--paper) 82%, transparent); font-size: 1.4rem; font-weight: 600; pointer-events: none; }
body.dropping #dropping { display: grid; }
@media (prefers-reduced-motion: no-preference) { button, select, .segments label { transition: border-color .12s, background-color .12s; } }
@media (max-width: 40rem) {
  body { padding: 1.1rem 1rem 2rem; } h1 { font-size: 1.35rem; }
  .actions { margin-left: 0; } .bar { gap: .6rem; }
  #stage { min-height: 17rem; border-radius: 8px; } #examples ul { grid-template-columns: repeat(4, 1fr); }
}
`;
