// Translates images of any size with a trained generator: a run, or a bundle that `export` wrote with the format weights.
//
//     node examples/translate.mjs runs/quickstart-1234abcd AtoB photo.jpg out.png [photo.jpg out.png ...]
import { openTranslator } from 'cyclegan-runner';

const [place, direction, ...files] = process.argv.slice(2);
const translator = await openTranslator(place, { direction });
for (let i = 0; i < files.length; i += 2) {
  const translation = await translator.translate(files[i]);
  await translation.save(files[i + 1]);
  console.log(`${files[i]} -> ${files[i + 1]} (${translation.width} x ${translation.height})`);
}
translator.dispose();
