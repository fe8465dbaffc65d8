// The page of a training that runs: its curves, its latest epochs, and the time left.

import {drawCurves, type Curve} from './curves';
import {h, short} from './dom';
import {chooseLanguage, currentLanguage, t, type Phrase} from './text';

/** See kerazoo/web/live.py, which writes it. */
interface State {
  name: string;
  seed: number;
  seeds: number;
  phase: 'preparing' | 'training' | 'judging' | 'finished' | 'interrupted' | 'failed';
  message: string;
  epoch: number;
  total: number; // at most
  seconds: number;
  left: number | null;
  step: number; // every which epoch is drawn
  names: string[]; // of the values in a row
  rows: (number | null)[][]; // each begins with its epoch
  latest: (number | null)[][];
  best: {name: string; epoch: number; value: number} | null;
  done: {seed: number; scores: Record<string, number | null>}[];
}

const VALIDATION = 'val_';
const RATE = 'learning_rate';

const app = document.getElementById('app')!;
const heading = h('h1', {}, 'kerazoo');
const status = h('p', {class: 'status', role: 'status', 'data-phase': ''});
// What changes stands in places that stay: whoever reads a table is not thrown out of it.
const progress = h('div', {class: 'panel'});
const charts = h('div', {class: 'charts'});
const table = h('div', {class: 'wide', tabindex: 0, role: 'region'});
const scores = h('div', {class: 'charts', 'data-scores': ''});
let state: State | null = null;
let isLost = false; // no word from the training
let hasEnded = false;

function build(): void {
  const toggle = h('button', {type: 'button', class: 'quiet language', lang: currentLanguage() === 'ko' ? 'en' : 'ko', click: changeLanguage}, t('language'));
  app.replaceChildren(
    h('header', {}, h('nav', {}, h('span', {class: 'soft'}, 'kerazoo'), toggle), heading),
    h('main', {}, status, h('div', {class: 'page live'}, progress, charts, panelOf(t('latestEpochs'), table), scores)),
    h('footer', {}, t('livePrivacy')),
  );
  show();
}

function changeLanguage(): void {
  chooseLanguage(currentLanguage() === 'ko' ? 'en' : 'ko');
  build();
}

function show(): void {
  status.dataset['phase'] = isLost ? 'lost' : (state?.phase ?? '');
  status.dataset['status'] = state?.phase === 'finished' ? 'right' : isLost || state?.phase === 'failed' || state?.phase === 'interrupted' ? 'wrong' : '';
  const said = isLost ? t(state ? 'lost' : 'notFound') : state ? saying(state) : t('connecting');
  if (status.textContent !== said) status.textContent = said; // which a screen reader reads out
  if (!state) return;
  const isDone = hasEnded || isLost;
  document.title = `${isDone ? '' : `${state.epoch}/${state.total} · `}${state.name} · kerazoo`;
  heading.textContent = state.seeds > 1 ? t('nameAndSeed', state.name, state.seed) : state.name;
  progress.replaceChildren(...progressOf(state));
  charts.replaceChildren(...chartsOf(state));
  table.replaceChildren(latestOf(state));
  table.setAttribute('aria-label', t('latestEpochs'));
  scores.replaceChildren(...doneOf(state));
}

function saying({phase, message}: State): string {
  const phrases: Record<State['phase'], Phrase> = {
    preparing: 'preparing', training: 'training', judging: 'judging', finished: 'trainingDone', interrupted: 'interrupted', failed: 'failed',
  };
  return t(phrases[phase], message);
}

function progressOf({epoch, total, left, seconds, best, phase}: State): HTMLElement[] {
  const bar = h('progress', {max: Math.max(1, total), value: epoch, 'aria-label': t('epochs')});
  const time = left !== null && phase === 'training' ? t('timeLeft', inTime(left)) : t('timeTaken', inTime(seconds));
  return [
    h('p', {class: 'result', 'data-epoch': epoch}, t('epochOf', epoch, total)),
    bar,
    h('p', {class: 'soft'}, time),
    ...(best ? [h('p', {}, t('bestEpoch', best.name, short(best.value), best.epoch))] : []),
  ];
}

function chartsOf({names, rows, best, step}: State): HTMLElement[] {
  if (!rows.length) return [];
  const last = rows[rows.length - 1][0]!;
  const shown = [...new Set(names.map((name) => name.replace(VALIDATION, '')))].filter((name) => !name.startsWith(RATE));
  return shown.map((name) => {
    const curves: Curve[] = [];
    for (const [kind, column] of [['train', names.indexOf(name)], ['validation', names.indexOf(VALIDATION + name)]] as const) {
      if (column >= 0) curves.push({kind, points: rows.map((row) => [row[0]!, row[column + 1]])});
    }
    const marked = best?.name.replace(VALIDATION, '') === name ? best.epoch : null;
    return panelOf(name, drawCurves(name, curves, last, marked), step > 1 && h('p', {class: 'soft'}, t('everyOther', step)));
  });
}

function latestOf({names, latest}: State): HTMLElement {
  const heads = [t('epoch'), ...names].map((name) => h('th', {scope: 'col'}, name));
  const rows = [...latest].reverse().map(([epoch, ...values]) =>
    h('tr', {}, h('th', {scope: 'row'}, String(epoch)), ...values.map((value) => h('td', {}, value === null ? 'NaN' : short(value)))),
  );
  return h('table', {class: 'grid', 'data-latest': ''}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows));
}

function doneOf({done, seeds}: State): HTMLElement[] {
  if (!done.length) return [];
  const lines = done.map(({seed, scores}) => {
    const said = Object.entries(scores).map(([name, value]) => `${name} ${value === null ? 'NaN' : short(value)}`).join(', ');
    return h('p', {}, seeds > 1 ? `${t('seedNumber', seed)}: ${said}` : said);
  });
  return [panelOf(t('onTest'), ...lines)];
}

function panelOf(title: string, ...children: (Node | string | null | false)[]): HTMLElement {
  return h('section', {class: 'panel'}, h('h2', {}, title), ...children);
}

function inTime(seconds: number): string {
  if (seconds < 60) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  return `${hours ? `${hours}:` : ''}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function listen(): void {
  const source = new EventSource('events');
  source.addEventListener('state', (event) => {
    state = JSON.parse((event as MessageEvent<string>).data) as State;
    isLost = false;
    show();
  });
  source.addEventListener('end', () => {
    hasEnded = true;
    source.close(); // or the browser would ask again
    show();
  });
  // The browser asks again by itself; what was heard stays.
  source.addEventListener('error', () => {
    if (hasEnded) return;
    isLost = true;
    show();
  });
}

chooseLanguage();
build();
listen();
