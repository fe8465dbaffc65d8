// How sure an answer is, and why it is given: as in kerazoo/predict, on the same numbers.

import {type Card, decode, type Numbers, rowOf, type Scores} from './card';
import {pause} from './dom';
import type {Network} from './network';

/** What a classifier's outputs say of each class, softened as calibration found. */
export function probabilitiesOf(card: Card, outputs: Float32Array): number[] {
  const plain = card.classes.length === 2 && outputs.length === 1 ? [1 - outputs[0], outputs[0]] : [...outputs];
  const temperature = card.calibration?.temperature ?? 1;
  if (temperature === 1) return plain;
  const logits = plain.map((p) => Math.log(p) / temperature);
  const largest = Math.max(...logits);
  const powers = logits.map((one) => Math.exp(one - largest));
  const sum = powers.reduce((total, one) => total + one, 0);
  return powers.map((one) => one / sum);
}

/** The score that a share of new rows does not exceed; infinite if too few rows tell. */
function limitOf(scores: Scores, coverage: number): number {
  const rank = Math.ceil((scores.rows + 1) * coverage - 1e-9);
  if (rank > scores.rows) return Infinity;
  const values = decode(scores.values);
  return values[Math.ceil((rank * values.length) / scores.rows - 1e-9) - 1];
}

/** Which classes the set holds that has the truth in it so often; `null` if nobody can tell. */
export function setOf(card: Card, probabilities: number[], coverage: number): boolean[] | null {
  const scores = card.calibration?.scores['plain'];
  if (!scores) return null;
  const limit = Math.fround(limitOf(scores, coverage));
  if (!Number.isFinite(limit)) return null;
  return probabilities.map((p) => Math.fround(1 - p) <= limit);
}

/** How far from the answer the truth is at most, so often; `null` if nobody can tell. */
export function marginOf(card: Card, coverage: number): number | null {
  const scores = card.calibration?.scores['distance'];
  const limit = scores ? limitOf(scores, coverage) : Infinity;
  return Number.isFinite(limit) ? limit : null;
}

/** A random number generator with a seed, so that bars stay still when nothing has changed. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0; // mulberry32
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const ROUNDS = 2; // how often each stored row is a start, in an order and its reverse
const MOST_NUMBERS = 2e6; // of all rows that are asked; a wide table has fewer starts
const FEWEST = 8;
const AT_ONCE = 1024; // rows

export const MOST_EXACT = 13; // columns, as in kerazoo/predict/shapley.py
const ROWS_OF_A_COALITION_SET = 4096; // that are asked at once
const PATIENCE = 40; // milliseconds without a look at what else is asked

export interface Shares {
  isExact: boolean;
  rows: number; // that were asked
  values: number[]; // of each column
  baseline: number; // the mean answer to the stored rows
  answer: number;
}

/**
 * About what each column adds to an answer: Shapley values by random orders, each also reversed.
 * Stored rows are taken in turn, so that the values add up to the answer exactly. `null` if there
 * are none, or nobody waits for it any more.
 */
export async function shareOut(
  card: Card,
  network: Network,
  row: Numbers,
  read: (outputs: Float32Array) => number,
  isStale: () => boolean,
): Promise<Shares | null> {
  if (!card.sample) return null;
  const columns = row.length;
  const known = decode(card.sample);
  const stored = known.length / columns;
  const steps = columns + 1;
  const starts = Math.min(ROUNDS * stored, Math.max(FEWEST, Math.floor(MOST_NUMBERS / (2 * steps * columns))));
  const random = makeRandom(0);
  const walks = Array.from({length: starts}, (_, start) => {
    const order = shuffled(columns, random);
    return [order, [...order].reverse()].map((one) => ({start: start % stored, order: one}));
  }).flat();
  const values = new Array<number>(columns).fill(0);
  const shares = {isExact: false, rows: walks.length * steps, values, baseline: 0, answer: 0};
  const some = Math.max(1, Math.floor(AT_ONCE / steps));
  for (let at = 0; at < walks.length; at += some) {
    const piece = walks.slice(at, at + some);
    const asked = new Float32Array(piece.length * steps * columns);
    piece.forEach(({start, order}, index) => {
      const mixed = Float32Array.from(rowOf(known, columns, start));
      asked.set(mixed, index * steps * columns);
      order.forEach((column, step) => {
        mixed[column] = row[column];
        asked.set(mixed, (index * steps + step + 1) * columns);
      });
    });
    const outputs = await network.run(asked);
    await pause();
    if (isStale()) return null;
    const worth = (index: number): number => read(rowOf(outputs, network.outputs, index));
    piece.forEach(({order}, index) => {
      let before = worth(index * steps);
      shares.baseline += before / walks.length;
      order.forEach((column, step) => {
        const after = worth(index * steps + step + 1);
        values[column] += (after - before) / walks.length;
        before = after;
      });
      shares.answer = before;
    });
  }
  return shares;
}

/**
 * What each column adds to an answer: Shapley values, of all coalitions of columns, as
 * `kerazoo.predict.shapley.exact_values` computes them. `null` if nobody waits for it any more, or there
 * are more columns than that takes.
 */
export async function shareOutExactly(
  card: Card,
  network: Network,
  row: Numbers,
  read: (outputs: Float32Array) => number,
  isStale: () => boolean,
): Promise<Shares | null> {
  if (!card.sample || row.length > MOST_EXACT) return null;
  const known = decode(card.sample);
  const columns = row.length;
  const stored = known.length / columns;
  const rows = Array.from({length: stored}, (_, index) => rowOf(known, columns, index));
  // A column in which the row is as all stored rows adds nothing, to no coalition.
  const moving = Array.from(row.keys()).filter((column) => !rows.every((one) => Object.is(one[column], row[column])));
  const count = moving.length;
  const worth = new Float64Array(2 ** count); // the mean answer over the stored rows
  const some = Math.max(1, Math.floor(ROWS_OF_A_COALITION_SET / stored));
  let seen = performance.now();
  for (let at = 0; at < worth.length; at += some) {
    const piece = Math.min(some, worth.length - at);
    const asked = new Float32Array(piece * known.length);
    for (let index = 0; index < piece; index++) {
      asked.set(known, index * known.length);
      for (let bit = 0; bit < count; bit++) {
        if (!(((at + index) >> bit) & 1)) continue;
        for (let one = 0; one < stored; one++) asked[index * known.length + one * columns + moving[bit]] = row[moving[bit]];
      }
    }
    const outputs = await network.run(asked);
    for (let one = 0; one < piece * stored; one++) {
      worth[at + Math.floor(one / stored)] += read(rowOf(outputs, network.outputs, one)) / stored;
    }
    if (performance.now() - seen > PATIENCE) {
      await pause();
      seen = performance.now();
    }
    if (isStale()) return null;
  }
  const values = new Array<number>(columns).fill(0);
  const sharesOfSize = orderShares(count);
  for (let coalition = 0; coalition < worth.length; coalition++) {
    const size = bitsOf(coalition);
    moving.forEach((column, bit) => {
      const within = coalition | (1 << bit);
      if (within !== coalition) values[column] += sharesOfSize[size] * (worth[within] - worth[coalition]);
    });
  }
  return {isExact: true, rows: worth.length * stored, values, baseline: worth[0], answer: worth[worth.length - 1]};
}

/** How many rows all coalitions ask, at most. */
export function exactRows(card: Card): number {
  const columns = card.columns.length;
  return 2 ** columns * (card.sample ? card.sample.shape[0] : 0);
}

/** A coalition of s columns is what came before in s! (n - s - 1)! of n! orders. */
function orderShares(count: number): number[] {
  const shares: number[] = [];
  let choose = 1; // of n - 1 columns, s
  for (let size = 0; size < count; size++) {
    shares.push(1 / (count * choose));
    choose = (choose * (count - 1 - size)) / (size + 1);
  }
  return shares;
}

function bitsOf(set: number): number {
  let count = 0;
  for (let left = set; left; left &= left - 1) count += 1;
  return count;
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({length: count}, (_, index) => index);
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
