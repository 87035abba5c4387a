import type { DemoFacts, ExampleFacts } from '../demo-facts.js';
import { BackendPanel } from './backend-panel.js';
import { Camera } from './camera.js';
import type { BackendName } from './choose-backend.js';
import { keepForOffline } from './offline.js';
import { listenForPictures } from './picture-sources.js';
import type { DemoError } from './outcome.js';
import type { DemoSize } from './protocol.js';
import { saveImage } from './save-image.js';
import { showControls } from './controls.js';
import { Stage } from './stage.js';
import { failureText, fileName, phaseText, translatedText } from './texts.js';
import { TranslatorClient } from './translator-client.js';

/** Translations that take longer than this are not shown live. */
const LIVE_MILLISECONDS = 800;

const base = new URL('.', document.baseURI).href;
const status = document.getElementById('status')!;
const save = document.getElementById('save') as HTMLButtonElement;

void start();

async function start(): Promise<void> {
  const response = await fetch(new URL('demo.json', base)).catch(() => undefined);
  if (response?.ok !== true) return say(failureText({ kind: 'missing', detail: 'demo.json' }), true);
  new Demo((await response.json()) as DemoFacts).start();
  document.documentElement.dataset['ready'] = 'true';
}

function say(text: string, failed = false): void {
  status.textContent = text;
  status.classList.toggle('failed', failed);
}

/** The page. */
class Demo {
  readonly #stage = new Stage();
  readonly #panel = new BackendPanel((backend) => this.#compute(backend));
  readonly #client: TranslatorClient;
  readonly #controls: ReturnType<typeof showControls>;
  readonly #camera: Camera;
  #picture: { readonly blob: Blob; readonly name: string } | undefined;
  #backend: BackendName = 'wasm';
  /** Of the latest request: an answer to an older one is not shown. */
  #request = 0;
  #milliseconds = Infinity;

  constructor(private readonly facts: DemoFacts) {
    this.#client = new TranslatorClient(facts, base, {
      onPhase: (phase) => say(phaseText(phase)),
      onChosen: (backend, measured) => {
        this.#backend = backend;
        this.#panel.show(backend, measured);
      },
    });
    this.#controls = showControls(facts, {
      onChange: () => this.#again(),
      onExample: (example) => void this.#openExample(example),
    });
    this.#camera = new Camera({
      onOpen: (video) => void this.#followCamera(video),
      onPicture: (picture) => void this.#open(picture, 'camera'),
      onClose: () => this.#closeCamera(),
      onFailure: (text) => say(text, true),
    });
  }

  start(): void {
    this.#client.use(this.#panel.remembered());
    listenForPictures((picture, name) => {
      this.#controls.mark(undefined);
      void this.#open(picture, name);
    });
    document.getElementById('cancel')!.addEventListener('click', () => this.#client.cancel());
    save.addEventListener('click', () => void this.#save());
    say('');
    const first = this.facts.examples[0];
    if (first !== undefined) void this.#openExample(first).then(() => this.#keep());
    else this.#keep();
  }

  #keep(): void {
    void keepForOffline(base, () => {
      document.getElementById('offline')!.textContent =
        'All of it is kept in this browser: it works without a network.';
      document.documentElement.dataset['offline'] = 'true';
    });
  }

  async #openExample(example: ExampleFacts): Promise<void> {
    const request = ++this.#request;
    this.#stage.clearTranslation();
    this.#controls.mark(example);
    this.#controls.translateFrom(example.domain);
    const response = await fetch(new URL(`${example.file}?v=${this.facts.files[example.file] ?? ''}`, base)).catch(() => undefined); // prettier-ignore
    if (response?.ok !== true) return say(failureText({ kind: 'missing', detail: example.file }), true);
    const picture = await response.blob();
    // Meanwhile the user may have brought another one.
    if (request === this.#request) await this.#open(picture, example.file.split('/').at(-1)!);
  }

  async #open(blob: Blob, name: string): Promise<void> {
    this.#camera.close();
    this.#client.cancel();
    const request = ++this.#request;
    this.#stage.clearTranslation();
    save.disabled = true;
    const isShown = await this.#stage.show(blob);
    if (request !== this.#request) return;
    if (!isShown) {
      this.#picture = undefined;
      this.#stage.empty();
      this.#stage.idle();
      return say(failureText({ kind: 'not-an-image', detail: '' }), true);
    }
    this.#picture = { blob, name };
    await this.#controls.sizesFor(blob);
    if (request === this.#request) await this.#translate();
  }

  #again(): void {
    if (this.#picture !== undefined) void this.#translate();
  }

  #compute(backend: BackendName | undefined): void {
    this.#client.use(backend);
    this.#again();
  }

  async #translate(): Promise<void> {
    const request = ++this.#request;
    this.#client.cancel();
    this.#stage.clearTranslation();
    this.#stage.working();
    save.disabled = true;
    const { direction, size } = this.#controls;
    try {
      const translated = await this.#client.translate(this.#picture!.blob, { direction, size }, (done, tiles) => {
        if (request !== this.#request) return;
        this.#stage.working(done / tiles);
        say(`Translating: tile ${done + 1} of ${tiles}`);
      });
      if (request !== this.#request) return;
      if (size === 'fit') this.#milliseconds = translated.milliseconds;
      this.#controls.estimate(translated.milliseconds / (translated.width * translated.height));
      this.#stage.done(translated);
      this.#stage.idle();
      save.disabled = false;
      say(translatedText(translated, this.#backend));
    } catch (error) {
      if (request !== this.#request) return;
      this.#stage.idle();
      const { kind, message } = error as DemoError;
      say(failureText({ kind, detail: message }), kind !== 'cancelled');
    }
  }

  async #followCamera(video: HTMLVideoElement): Promise<void> {
    const request = ++this.#request;
    this.#client.cancel();
    this.#picture = undefined;
    save.disabled = true;
    this.#stage.idle();
    this.#stage.showCamera(video.videoWidth, video.videoHeight);
    say('The camera stays on this device, too.');
    while (this.#camera.isOpen && request === this.#request && this.#milliseconds < LIVE_MILLISECONDS) {
      const options = { direction: this.#controls.direction, size: 'fit' as DemoSize };
      const translated = await this.#client.translate(await createImageBitmap(video), options).catch(() => undefined);
      if (translated === undefined || request !== this.#request || !this.#camera.isOpen) return;
      this.#milliseconds = translated.milliseconds;
      this.#stage.done(translated);
      say(`Live: ${translatedText(translated, this.#backend)}`);
    }
  }

  #closeCamera(): void {
    this.#request++;
    this.#stage.empty();
    say('');
  }

  async #save(): Promise<void> {
    const canvas = this.#stage.translation;
    if (canvas === undefined) return;
    const { domains } = this.facts;
    const name = fileName(this.#picture?.name ?? 'camera', domains[this.#controls.direction === 'AtoB' ? 1 : 0]);
    if (!(await saveImage(canvas, name))) say(failureText({ kind: 'memory', detail: '' }), true);
  }
}
