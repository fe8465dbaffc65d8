// What the server says of a training; see kerazoo/playground/frames.py, which writes it.

export interface Settings {
  data: string;
  layers: number[];
  activation: string;
  optimizer: string;
  rate: number;
  l1: number;
  l2: number;
  dropout: number;
  noise: number;
  test_share: number;
  batch_size: number;
  seed: number;
  axes: string[];
}

export interface Points {
  axes: (number | null)[][];
  targets: number[];
}

export interface Setup {
  run: number;
  settings: Settings;
  kind: 'binary' | 'classes' | 'number';
  classes: string[];
  target: string;
  range: [number, number];
  inputs: string[];
  numbers: string[]; // names of the columns that can be axes
  axes: {name: string; low: number; high: number}[];
  others: {name: string; typical: string}[];
  grid: number;
  rows: {train: number; test: number; all: number};
  points: [Points, Points]; // to learn from, and of the test
  baseline: number;
  hasOwn: boolean;
}

export interface LayerFrame {
  inputs: number;
  units: number;
  weights: string; // base64 of 32-bit numbers
  size: number | null;
  gradient: number | null;
}

export interface Frame {
  run: number;
  state: 'playing' | 'paused' | 'diverged';
  pace: number;
  epoch: number;
  speed: number | null;
  loss: [number | null, number | null];
  score: [number | null, number | null];
  curve: {epochs: number[]; train: number[]; test: number[]};
  picture: {lines?: (number | null)[][]; values?: string; best?: string | null};
  predicted: {given?: number[]; true?: number[]; table?: number[][]};
  layers: LayerFrame[];
}
