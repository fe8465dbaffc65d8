// The page: a list of networks, or one of them, checked before it answers.

import {type Card, type Summary} from './card';
import {h, short} from './dom';
import {Gone, readChecked, readJson, Trouble} from './files';
import {showCartPole} from './cartpole';
import {showImages} from './images';
import {showLanguage} from './language';
import {showLatent} from './latent';
import {Network} from './network';
import {showPairs} from './pairs';
import {showPlain} from './plain';
import {showRatings} from './ratings';
import {showRows} from './rows';
import {showSeries} from './series';
import {showTexts} from './texts';
import {showWords} from './words';
import {chooseLanguage, currentLanguage, t} from './text';
import {type View} from './view';

const PAGES: Record<Summary['page'], (view: View) => void | Promise<void>> = {
  rows: showRows,
  images: showImages,
  series: showSeries,
  latent: showLatent,
  texts: showTexts,
  language: showLanguage,
  words: showWords,
  ratings: showRatings,
  pairs: showPairs,
  cartpole: showCartPole,
  plain: showPlain,
};

const app = document.getElementById('app')!;
let models: Summary[] = [];
let loaded: Network[] = [];
let turn = 0; // counts pages, so that one that is left while it loads shows nothing

async function show(): Promise<void> {
  const own = ++turn;
  for (const network of loaded) network.delete();
  loaded = [];
  const wanted = decodeURIComponent(location.hash.slice(1));
  const name = wanted || (models.length === 1 ? models[0].name : '');
  document.title = name ? `${name} · kerazoo` : 'kerazoo';
  if (!name) return showList();
  const summary = models.find((one) => one.name === name);
  const main = h('main', {});
  app.replaceChildren(header(summary?.name ?? name, summary), main, footer());
  const status = h('p', {class: 'status', role: 'status', 'data-status': 'loading'}, t('loading'));
  main.append(status);
  try {
    if (!summary) throw new Trouble(t('noNetwork', name));
    await open(summary, main, status, () => own === turn);
  } catch (error) {
    if (own === turn && !(error instanceof Gone)) showTrouble(status, error);
  }
}

async function open(summary: Summary, main: HTMLElement, status: HTMLElement, isCurrent: () => boolean): Promise<void> {
  const folder = `models/${encodeURIComponent(summary.name)}`;
  const card = await readJson<Card>(`${folder}/card.json`);
  const network = await Network.load(folder, card.network);
  loaded.push(network);
  const parts: Record<string, Network> = {};
  for (const [name, part] of Object.entries(card.parts)) {
    parts[name] = await Network.load(folder, part);
    loaded.push(parts[name]);
  }
  const hasWords = card.text !== null || card.page === 'words';
  const words = hasWords ? readLines(await readChecked(`${folder}/words.txt`, card.wordsSha256)) : [];
  if (!isCurrent()) return;
  if (!(await check([network, ...Object.values(parts)], status))) return;
  const place = h('div', {class: `page ${card.page}`});
  main.append(place);
  await PAGES[card.page]({card, network, parts, place, words});
}

function readLines(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split('\n').slice(0, -1); // each ends with a line break
}

/** Compares answers with those that were saved: a wrong network must not look like a right one. */
async function check(networks: Network[], status: HTMLElement): Promise<boolean> {
  let rows = 0;
  let worst = 0;
  for (const network of networks) {
    const difference = await network.check();
    rows += network.probeRows;
    if (!(difference <= worst)) worst = difference;
    if (!(difference <= network.card.tolerance)) {
      status.dataset['status'] = 'wrong';
      status.textContent = t('probeWrong', network.probeRows, short(difference));
      return false;
    }
  }
  status.dataset['status'] = 'right';
  status.textContent = t('probeRight', rows, worst.toExponential(1));
  return true;
}

function showTrouble(status: HTMLElement, error: unknown): void {
  if (!(error instanceof Trouble)) console.error(error);
  status.dataset['status'] = 'wrong';
  status.textContent = `✗ ${t('cannotShow', error instanceof Error ? error.message : String(error))}`;
}

function showList(): void {
  const items = models.map((one) =>
    h(
      'li',
      {},
      h('a', {href: `#${encodeURIComponent(one.name)}`}, one.name),
      h('span', {class: 'soft'}, summaryOf(one)),
    ),
  );
  app.replaceChildren(header(t('networks')), h('main', {}, h('ul', {class: 'list'}, ...items)), footer());
}

function summaryOf(one: Summary): string {
  const text = (currentLanguage() === 'ko' && one.summaryKorean) || one.summary;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function header(title: string, summary?: Summary): HTMLElement {
  const toggle = h('button', {type: 'button', class: 'quiet language', lang: currentLanguage() === 'ko' ? 'en' : 'ko', click: changeLanguage}, t('language'));
  const top = h('nav', {}, models.length > 1 && summary ? h('a', {href: '#'}, `← ${t('all')}`) : h('span', {class: 'soft'}, 'kerazoo'), toggle);
  const about = summary && [summaryOf(summary), t('parameters', summary.parameters.toLocaleString('en'))].filter(Boolean).join(' · ');
  const isFramed = summary && window.self !== window.top; // by a page that has said what it is
  return h('header', {}, top, !isFramed && h('h1', {}, title), !isFramed && about && h('p', {class: 'soft'}, about));
}

function footer(): HTMLElement {
  return h('footer', {}, t('privacy'));
}

function changeLanguage(): void {
  chooseLanguage(currentLanguage() === 'ko' ? 'en' : 'ko');
  void show();
}

async function start(): Promise<void> {
  chooseLanguage();
  addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    const status = app.querySelector<HTMLElement>('[data-status]');
    if (status && !(event.reason instanceof Gone)) showTrouble(status, event.reason);
  });
  try {
    ({models} = await readJson<{models: Summary[]}>('site.json'));
  } catch (error) {
    const status = h('p', {class: 'status', role: 'status'});
    app.replaceChildren(header('kerazoo'), h('main', {}, status), footer());
    showTrouble(status, error);
    return;
  }
  addEventListener('hashchange', () => void show());
  await show();
}

void start();
