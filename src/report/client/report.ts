import { startCharts } from './charts.js';
import { startGallery } from './gallery.js';
import type { PageData } from './page-data.js';
import { startSamples } from './samples.js';

/** Brings a report to life: without this script, it has everything but curves and the whole test set. */
const data = JSON.parse(document.getElementById('page-data')!.textContent) as PageData;
for (const controls of document.querySelectorAll<HTMLElement>('.controls')) controls.hidden = false;
startCharts(data);
startSamples(data);
startGallery(data.tests);
document.documentElement.dataset['ready'] = 'true';
