// Curves over epochs: training and validation of one value in one picture.

import {h, short, svg} from './dom';
import {t} from './text';

const WIDTH = 420; // narrow, so that numbers can be read on a phone
const HEIGHT = 210;
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 12, 12, 26];

export interface Curve {
  kind: 'train' | 'validation';
  points: [epoch: number, value: number | null][];
}

/** `last`: the epoch at the right edge. `best`: the epoch that is kept, which gets a mark. */
export function drawCurves(name: string, curves: Curve[], last: number, best: number | null): HTMLElement {
  const values = curves.flatMap(({points}) => points.map(([, value]) => value)).filter((value) => value !== null);
  if (!values.length) return h('p', {class: 'soft'}, t('noFinite'));
  const [low, high] = rangeOf(values);
  const first = Math.min(...curves.flatMap(({points}) => points.map(([epoch]) => epoch)));
  const x = (epoch: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (epoch - first)) / Math.max(1, last - first);
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * (Math.min(high, Math.max(low, value)) - low)) / (high - low);
  const picture = svg('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': describe(name, curves), class: 'curves', 'data-curves': name});
  for (const share of [0, 0.5, 1]) {
    const value = low + share * (high - low);
    picture.append(
      svg('line', {x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), class: 'rule'}),
      svg('text', {x: LEFT - 6, y: y(value) + 4, class: 'tick', 'text-anchor': 'end'}, short(value)),
    );
  }
  for (const [epoch, anchor] of [[first, 'start'], [last, 'end']] as const) {
    picture.append(svg('text', {x: x(epoch), y: HEIGHT - 6, class: 'tick', 'text-anchor': anchor}, String(epoch)));
  }
  for (const {kind, points} of curves) {
    // A value that is not finite leaves a gap.
    let piece: string[] = [];
    const pieces = [piece];
    for (const [epoch, value] of points) {
      if (value === null) pieces.push((piece = []));
      else piece.push(`${x(epoch)},${y(value)}`);
    }
    for (const one of pieces) {
      if (one.length > 1) picture.append(svg('polyline', {class: kind, points: one.join(' ')}));
      else if (one.length) picture.append(svg('circle', {class: kind, cx: one[0].split(',')[0], cy: one[0].split(',')[1], r: 3}));
    }
  }
  const marked = curves.find(({kind}) => kind === 'validation')?.points.find(([epoch]) => epoch === best);
  if (marked && marked[1] !== null) picture.append(svg('circle', {class: 'best', cx: x(marked[0]), cy: y(marked[1]), r: 5}));
  return h('div', {}, h('p', {class: 'legend'}, ...curves.map(({kind, points}) => legend(kind, points))), picture);
}

/** The range of what is drawn; a few first epochs that are far off do not flatten the others. */
function rangeOf(values: number[]): [number, number] {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  let [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const usual = at(0.95) - at(0.05) || high - low;
  high = Math.min(high, at(0.95) + 1.5 * usual);
  low = Math.max(low, at(0.05) - 1.5 * usual);
  if (low === high) [low, high] = [low - (Math.abs(low) / 10 || 1), high + (Math.abs(high) / 10 || 1)];
  return [low, high];
}

function legend(kind: Curve['kind'], points: Curve['points']): HTMLElement {
  const line = svg('svg', {viewBox: '0 0 28 8', class: 'key', 'aria-hidden': 'true'}, svg('polyline', {class: kind, points: '0,4 28,4'}));
  return h('span', {}, line, `${t(kind === 'train' ? 'onTraining' : 'onValidation')} `, h('b', {'data-newest': kind}, newest(points)));
}

function newest(points: Curve['points']): string {
  const value = points[points.length - 1]?.[1];
  return value === null || value === undefined ? 'NaN' : short(value);
}

function describe(name: string, curves: Curve[]): string {
  return `${name}: ${curves.map(({kind, points}) => `${t(kind === 'train' ? 'onTraining' : 'onValidation')} ${newest(points)}`).join(', ')}`;
}
