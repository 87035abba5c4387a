/** The data of a report for its script, as JSON in the page. */
export interface PageData {
  readonly charts: readonly ChartData[];
  /** Steps of curves: base64 of uint32. */
  readonly steps: readonly string[];
  /** Values of curves: base64 of float32. */
  readonly values: readonly string[];
  readonly stepsPerEpoch: number | null;
  readonly samples: readonly SampleData[];
  readonly tests: readonly TestData[];
}

export interface ChartData {
  readonly title: string;
  readonly series: readonly SeriesData[];
}

export interface SeriesData {
  readonly name: string;
  /** Short, for the legend. */
  readonly label: string;
  readonly description: string;
  /** Index into {@link PageData.steps}. */
  readonly steps: number;
  /** Index into {@link PageData.values}: a curve may be in several charts. */
  readonly values: number;
}

/** The same images over the training; the first is in the page. */
export interface SampleData {
  readonly title: string;
  readonly frames: readonly { readonly step: number; readonly src: string }[];
}

/** The test images of one direction. */
export interface TestData {
  readonly direction: string;
  readonly scores: readonly { readonly name: string; readonly better: 'higher' | 'lower' }[];
  readonly images: readonly TestImageData[];
}

export interface TestImageData {
  readonly name: string;
  /** By the direction's scores; null where it has none. A text for what JSON cannot express: "Infinity". */
  readonly scores: readonly (number | string | null)[];
  readonly source: string;
  readonly translated: string;
  readonly truth?: string;
  readonly reconstructed?: string;
}
