import { sidesOf, sizeText } from '../../support/sides.js';
import type { CardExport, CardFacts, CardFormat } from './card-facts.js';

/** How to use each format, in programs that translate `photo.jpg` beside the card. */
export function useSection({ exports }: CardFacts): string {
  const parts = exports.flatMap((each) => snippetsOf(each));
  return `## Use\n\nRun these beside this file, with a \`photo.jpg\`.\n\n${parts.join('\n\n')}`;
}

type Snippets = (each: CardExport) => readonly string[];

const snippetsOf: Snippets = (each) => SNIPPETS[each.format](each);

const SNIPPETS: Readonly<Record<CardFormat, Snippets>> = {
  'saved-model': (each) => [
    titled('Python, TensorFlow', 'python', savedModelInPython(each)),
    titled('TensorFlow Serving', 'sh', startServing(each)),
    block('python', askServing()),
  ],
  onnx: (each) => [titled('Python, onnxruntime', 'python', onnxInPython(each))],
  tfjs: (each) => [titled('In a browser', 'html', inBrowser(each))],
  weights: (each) => [titled('Node', 'js', inNode(each)), block('sh', onCommandLine(each))],
};

const block = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\``;
const titled = (title: string, language: string, code: string): string => `**${title}**\n\n${block(language, code)}`;

const savedModelInPython = ({ folder }: CardExport) => `import tensorflow as tf

model = tf.saved_model.load("${folder}")
photos = tf.constant([tf.io.read_file("photo.jpg").numpy()])
translations = model.signatures["image_bytes"](image_bytes=photos)["image_bytes"]
tf.io.write_file("translation.png", translations[0])`;

const startServing = ({ folder }: CardExport) =>
  `docker run -p 8501:8501 -e MODEL_NAME=generator -v "$PWD/${folder}:/models/generator/1" tensorflow/serving`;

const askServing = () => `import base64, json, urllib.request

photo = base64.b64encode(open("photo.jpg", "rb").read()).decode()
request = {"signature_name": "image_bytes", "instances": [{"image_bytes": {"b64": photo}}]}
url = "http://localhost:8501/v1/models/generator:predict"
answer = json.load(urllib.request.urlopen(url, json.dumps(request).encode()))
open("translation.png", "wb").write(base64.b64decode(answer["predictions"][0]["b64"]))`;

const onnxInPython = ({ folder, size, interpolation }: CardExport) => `import numpy as np, onnxruntime
from PIL import Image, ImageOps

model = onnxruntime.InferenceSession("${folder}/model.onnx")
photo = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGB").resize((${sizeText(size, ', ')}), Image.Resampling.${interpolation.toUpperCase()})
image = np.asarray(photo, np.float32)[np.newaxis] / 127.5 - 1
translation = model.run(None, {"image": image})[0][0]
Image.fromarray(np.uint8(np.clip(np.rint((translation + 1) * 127.5), 0, 255))).save("translation.png")`;

const inBrowser = ({
  folder,
  size,
}: CardExport) => `<img id="photo" src="photo.jpg" /> <canvas id="translation"></canvas>
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0"></script>
<script type="module">
  const [photo, canvas] = ['photo', 'translation'].map((id) => document.getElementById(id));
  const [model] = await Promise.all([tf.loadGraphModel('${folder}/model.json'), photo.decode()]);
  const image = tf.image.resizeBilinear(tf.browser.fromPixels(photo), [${sidesOf(size).height}, ${sidesOf(size).width}]);
  const translation = model.predict(image.div(127.5).sub(1).expandDims()).squeeze();
  await tf.browser.toPixels(translation.add(1).div(2).clipByValue(0, 1), canvas);
</script>`;

const inNode = ({ folder }: CardExport) => `import { openTranslator } from 'cyclegan-runner';

const translator = await openTranslator('${folder}');
const translation = await translator.translate('photo.jpg');
await translation.save('translation.png');
translator.dispose();`;

const onCommandLine = ({ folder }: CardExport) => `runner translate ${folder} photo.jpg --out translation.png`;
