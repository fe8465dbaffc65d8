// What the package says of a network; see kerazoo/web/page_card.py, which writes it.

import {decodeBase64} from './files';

export type Numbers = Float32Array | Int32Array | Uint8Array;

export interface ArrayText {
  shape: number[];
  dtype: string;
  base64: string;
}

/** What a network computes on its way, and gives as a further output. */
export interface Inner {
  output: string;
  name: string; // of the layer
  shape: number[]; // of one row
}

export interface NetworkCard {
  file: string;
  sha256: string | null;
  rows: number; // that it takes at once
  input: {shape: number[]; dtype: string};
  output: {shape: number[]; dtype: string};
  probe: {inputs: ArrayText; outputs: ArrayText};
  tolerance: number;
  inner: Inner[];
}

export interface Column {
  name: string;
  minimum: number;
  maximum: number;
  categories: string[];
  kind: 'number' | 'category' | 'date' | null;
}

export interface Scores {
  rows: number;
  values: ArrayText;
}

export interface Summary {
  name: string;
  page: 'rows' | 'images' | 'series' | 'latent' | 'texts' | 'language' | 'words' | 'ratings' | 'pairs' | 'cartpole' | 'plain';
  task: string | null;
  summary: string;
  summaryKorean: string;
  parameters: number;
}

export interface Card extends Summary {
  network: NetworkCard;
  parts: Record<string, NetworkCard>;
  classes: string[];
  target: string;
  unit: string;
  columns: Column[];
  takesMissing: boolean;
  sample: ArrayText | null;
  calibration: {temperature: number | null; scores: Record<string, Scores>} | null;
  series: {
    features: string[];
    columns: number;
    target: number;
    lag: number;
    horizon: number;
    isScaled: boolean;
  } | null;
  residuals: ArrayText | null;
  text: {length: number; keep: 'last' | 'first' | 'once'} | null;
  wordsSha256: string | null;
  pairs: {characters: string[]; read: number; written: number} | null;
  ratings: {users: string[]; items: string[]; titles: string[]; scale: [number, number]; columns: string[]} | null;
}

/** The numbers of an array; only the types that networks take and give. */
export function decode(array: ArrayText): Numbers {
  const bytes = decodeBase64(array.base64);
  switch (array.dtype) {
    case 'uint8':
      return bytes;
    case 'int32':
      return new Int32Array(bytes.buffer);
    case 'float64':
      return Float32Array.from(new Float64Array(bytes.buffer));
    default:
      return new Float32Array(bytes.buffer);
  }
}

/** One row of an array of rows. */
export function rowOf<T extends Numbers>(values: T, width: number, row: number): T {
  return values.subarray(row * width, (row + 1) * width) as T;
}

export function sizeOf(shape: number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
