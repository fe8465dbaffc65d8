// Bars: of classes with the set that they are in, of shares with a sign.

import {type Card} from './card';
import {h, percent, short} from './dom';
import {t} from './text';
import {marginOf, setOf, type Shares} from './trust';

const COVERAGES = [0.5, 0.8, 0.9, 0.95, 0.99];
const MOST_SHARES = 8;

/** A choice of how often the truth is to be in the set; it calls when it changes. */
export class CoverageChoice {
  value = 0.9;
  readonly element: HTMLElement | null;

  constructor(card: Card, changed: () => void) {
    if (!card.calibration) {
      this.element = h('p', {class: 'soft'}, t('notCalibrated'));
      return;
    }
    const select = h('select', {
      id: 'coverage',
      change: () => {
        this.value = Number(select.value);
        changed();
      },
    });
    for (const share of COVERAGES) {
      select.append(h('option', {value: share, selected: share === this.value}, `${100 * share} %`));
    }
    this.element = h('div', {class: 'field'}, h('label', {for: 'coverage'}, t('coverage')), select);
  }
}

export function showClasses(card: Card, probabilities: number[], coverage: number): HTMLElement {
  const set = setOf(card, probabilities, coverage);
  const order = probabilities.map((_, index) => index);
  if (probabilities.length > 12) order.sort((one, other) => probabilities[other] - probabilities[one]).splice(12);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const rows = order.map((index) =>
    h(
      'tr',
      {class: set?.[index] ? 'in-set' : ''},
      h('th', {scope: 'row'}, card.classes[index] ?? String(index)),
      h('td', {class: 'bar', 'aria-hidden': 'true'}, bar(probabilities[index])),
      h('td', {}, percent(probabilities[index])),
      h('td', {class: 'mark'}, set?.[index] ? h('span', {title: t('inSet')}, '●') : ''),
    ),
  );
  const ranked = probabilities.map((_, index) => index).sort((one, other) => probabilities[other] - probabilities[one]);
  const named = ranked.filter((index) => set?.[index]).map((index) => card.classes[index]);
  const said = set ? t('set', `${100 * coverage} %`, named.join(', ') || t('emptySet')) : card.calibration ? t('tooFew') : '';
  return h(
    'div',
    {},
    h('p', {class: 'result'}, card.classes[best] ?? String(best)),
    h('table', {class: 'bars'}, h('tbody', {}, ...rows)),
    said && h('p', {class: 'set'}, said),
  );
}

export function showNumber(card: Card, value: number, coverage: number): HTMLElement {
  const margin = marginOf(card, coverage);
  const unit = card.unit ? ` ${card.unit}` : '';
  const said = margin === null ? (card.calibration ? t('tooFew') : '') : t('interval', `${100 * coverage} %`, short(value - margin), short(value + margin) + unit);
  return h('div', {}, h('p', {class: 'result'}, `${card.target || ''} ${short(value)}${unit}`), said && h('p', {class: 'set'}, said));
}

/** What each column adds to an answer. */
export function showShares(names: string[], shares: Shares, what: string): HTMLElement {
  return showSigned(names, shares.values, t(shares.isExact ? 'sharesExactly' : 'shares', what, short(shares.baseline), short(shares.answer)));
}

/** Numbers with a sign as bars from the middle, the largest first. */
export function showSigned(names: string[], values: number[], caption: string): HTMLElement {
  const order = values.map((_, index) => index);
  order.sort((one, other) => Math.abs(values[other]) - Math.abs(values[one]));
  const most = Math.max(...values.map(Math.abs)) || 1;
  const rows = order.slice(0, MOST_SHARES).map((index) => {
    const value = values[index];
    return h(
      'tr',
      {},
      h('th', {scope: 'row'}, names[index]),
      h('td', {class: 'bar', 'aria-hidden': 'true'}, bar(value / most, true)),
      h('td', {'data-value': value}, (value < 0 ? '' : '+') + short(value)),
    );
  });
  return h(
    'div',
    {},
    h('p', {class: 'soft'}, caption),
    h('table', {class: 'bars'}, h('tbody', {}, ...rows)),
  );
}

/** Numbers from 0 on as bars, in the order given. */
export function showPositive(names: (string | HTMLElement)[], values: number[], most: number): HTMLElement {
  const rows = values.map((value, index) =>
    h('tr', {}, h('th', {scope: 'row'}, names[index]), h('td', {class: 'bar', 'aria-hidden': 'true'}, bar(value / most)), h('td', {}, short(value))),
  );
  return h('table', {class: 'bars'}, h('tbody', {}, ...rows));
}

/** A bar of a share of 1; of one with a sign, from the middle to either side. */
function bar(share: number, isSigned = false): HTMLElement {
  const width = Math.min(1, Math.abs(share)) * (isSigned ? 50 : 100);
  const left = isSigned ? (share < 0 ? 50 - width : 50) : 0;
  const filled = h('div', {class: share < 0 ? 'filled against' : 'filled', style: `left:${left}%;width:${width}%`});
  return h('div', {class: isSigned ? 'track signed' : 'track'}, filled);
}
