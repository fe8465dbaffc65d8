// Colors of classes and of numbers, the same in light and dark: the points have outlines.

import {decodeBase64} from '../files';

type Color = [number, number, number];

const LOW: Color = [232, 131, 58]; // below 0, or the first class
const MIDDLE: Color = [242, 242, 244];
const HIGH: Color = [47, 111, 200]; // above 0, or the second class
// Told apart by people who see some colors alike, too (Okabe and Ito).
const CLASSES: Color[] = [
  [232, 131, 58],
  [47, 111, 200],
  [0, 158, 115],
  [204, 121, 167],
  [240, 228, 66],
  [86, 180, 233],
  [120, 94, 60],
  [90, 90, 90],
];

export function colorOfShare(share: number): Color {
  const [from, to, part] = share < 0.5 ? [LOW, MIDDLE, 2 * share] : [MIDDLE, HIGH, 2 * share - 1];
  return mix(from, to, part);
}

/** A class, the paler the less it is certain. */
export function colorOfClass(index: number, certainty = 1): Color {
  return mix(MIDDLE, CLASSES[index % CLASSES.length], Math.max(0, Math.min(1, certainty)));
}

/** What lies behind points of the same color. */
export function pale(color: Color): Color {
  return mix(color, MIDDLE, 0.4);
}

export function css([red, green, blue]: Color): string {
  return `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
}

export const ABOVE = css(HIGH);
export const BELOW = css(LOW);

function mix(from: Color, to: Color, part: number): Color {
  return from.map((one, at) => one + part * (to[at] - one)) as Color;
}

export function bytesOf(text: string): Uint8Array {
  return decodeBase64(text);
}

export function numbersOf(text: string): Float32Array {
  return new Float32Array(decodeBase64(text).buffer);
}

/** A color of the style sheet, as a canvas takes it. */
export function inkOf(element: Element): string {
  return getComputedStyle(element).color;
}
