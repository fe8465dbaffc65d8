// The playground: what the server trains, drawn as it comes, and what can be changed meanwhile.

import {h, labeled, percent, short} from '../dom';
import {chooseLanguage, currentLanguage} from '../text';
import {Controls} from './controls';
import {Curves, Predictions} from './curves';
import {type Frame, type Setup} from './kinds';
import {Layers} from './layers';
import {Picture} from './picture';
import {listen, readCode, sendAction, sendPace, sendSettings} from './server';
import {t, type Phrase} from './text';

const PACES = [1, 5, 0];

/** All that is on the page, made anew when its language changes. */
class Page {
  readonly controls = new Controls(sendSettings);
  private readonly picture = new Picture();
  private readonly curves = new Curves();
  private readonly predictions = new Predictions();
  private readonly layers = new Layers();
  private readonly status = h('p', {class: 'status', role: 'status', 'data-state': 'starting'}, t('starting'));
  private readonly epoch = h('output', {class: 'epoch', 'data-epoch': ''}, '0');
  private readonly speed = h('span', {class: 'soft', 'data-speed': ''});
  private readonly play = h('button', {type: 'button', 'data-play': '', click: () => this.ask(this.isPlaying ? 'pause' : 'play')}, t('play'));
  private readonly pace = h('select', {'data-pace': '', change: () => void this.say(sendPace(Number(this.pace.value)))});
  private readonly scores = h('tbody');
  private readonly scoreHead = h('th', {scope: 'col'});
  private readonly about = h('p', {class: 'soft'});
  private readonly others = h('p', {class: 'soft'});
  private readonly code = h('pre', {tabindex: 0, 'data-code': '', hidden: true, 'aria-label': t('code')});
  private readonly copy = h('button', {type: 'button', class: 'quiet', hidden: true, click: () => void this.copyCode()}, t('copy'));
  private isPlaying = false;
  private shown = 0; // the run of the frame that is shown

  constructor() {
    for (const one of PACES) this.pace.append(h('option', {value: one}, one ? t('paceSome', one) : t('paceMost')));
    const toggle = h('button', {type: 'button', class: 'quiet language', lang: currentLanguage() === 'ko' ? 'en' : 'ko', click: changeLanguage}, currentLanguage() === 'ko' ? 'English' : '한국어');
    const pace = labeled(t('pace'), this.pace);
    const bar = h(
      'div',
      {class: 'bar'},
      this.play,
      h('button', {type: 'button', class: 'quiet', 'data-step': '', click: () => this.ask('step')}, t('step')),
      h('button', {type: 'button', class: 'quiet', 'data-reset': '', click: () => this.ask('reset')}, t('reset')),
      pace,
      h('div', {class: 'count'}, h('span', {class: 'soft'}, t('epoch')), this.epoch, this.speed),
    );
    const legend = h('p', {class: 'soft'}, `${t('trainPoint')} · ${t('testPoint')}`);
    const lossLegend = h('p', {class: 'soft'}, h('span', {class: 'key dashed'}), t('training'), h('span', {class: 'key'}), t('test'));
    const head = h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, t('part')), h('th', {scope: 'col'}, t('losses')), this.scoreHead));
    const scores = h('table', {class: 'grid', 'data-scores': ''}, head, this.scores);
    const show = h('button', {type: 'button', 'data-show-code': '', click: () => void this.showCode()}, t('showCode'));
    document.title = `${t('title')} · kerazoo`;
    document.getElementById('app')!.replaceChildren(
      h('header', {}, h('nav', {}, h('span', {class: 'soft'}, 'kerazoo play'), toggle), h('h1', {}, t('title')), h('p', {class: 'soft'}, t('about'))),
      h(
        'main',
        {},
        this.status,
        bar,
        h(
          'div',
          {class: 'playground'},
          h('div', {class: 'column'}, panel('picture', this.picture.element, legend, this.others), panel('predictions', this.predictions.element)),
          h('div', {class: 'column'}, panel('losses', this.curves.element, lossLegend, scores, this.about), panel('weights', this.layers.element)),
          this.controls.element,
        ),
        panel('code', h('p', {class: 'soft'}, t('codeHint')), h('div', {class: 'buttons'}, show, this.copy), this.code),
      ),
      h('footer', {}, t('local')),
    );
  }

  setUp(setup: Setup): void {
    this.controls.show(setup);
    if (this.shown !== setup.run) this.empty();
    this.predictions.setUp(setup);
    this.scoreHead.textContent = setup.kind === 'number' ? t('error') : t('accuracy');
    const {train, test, all} = setup.rows;
    const rows = train + test < all ? t('rowsOf', train, test, all) : t('rows', train, test);
    this.about.textContent = rows;
    const typical = setup.others.slice(0, 20).map((one) => `${one.name} ${one.typical}`);
    if (setup.others.length > 20) typical.push('...');
    this.others.textContent = !setup.axes.length ? t('noPicture') : typical.length ? t('typical', typical.join(', ')) : '';
    this.picture.draw(setup, null);
  }

  draw(setup: Setup, frame: Frame): void {
    this.shown = frame.run;
    this.isPlaying = frame.state === 'playing';
    this.play.textContent = this.isPlaying ? t('pause') : t('play');
    if (document.activeElement !== this.pace) this.pace.value = String(frame.pace);
    const isWrong = frame.state === 'diverged';
    if (this.status.dataset['state'] !== frame.state) {
      this.status.dataset['state'] = frame.state;
      this.status.dataset['status'] = isWrong ? 'wrong' : 'right';
      this.status.textContent = isWrong ? t('diverged') : this.isPlaying ? t('playing') : t('paused');
    }
    this.epoch.textContent = String(frame.epoch);
    this.speed.textContent = frame.speed ? t('perSecond', Math.round(frame.speed)) : '';
    this.picture.draw(setup, frame);
    this.curves.draw(frame);
    this.predictions.draw(setup, frame);
    this.layers.draw(setup, frame);
    this.showScores(setup, frame);
  }

  /** Nothing of another training may stay: its numbers would seem to be of this one. */
  private empty(): void {
    this.curves.clear();
    this.layers.clear();
    this.scores.replaceChildren();
    this.epoch.textContent = this.speed.textContent = '';
    this.status.dataset['state'] = 'starting';
    delete this.status.dataset['status'];
    this.status.textContent = this.shown ? t('preparing') : t('starting');
  }

  showTrouble(line: string): void {
    this.status.dataset['state'] = 'trouble';
    this.status.dataset['status'] = 'wrong';
    this.status.textContent = line;
  }

  private showScores(setup: Setup, frame: Frame): void {
    const isNumber = setup.kind === 'number';
    const score = (value: number | null): string => (value === null ? '' : isNumber ? short(value) : percent(value));
    const row = (name: string, loss: number | null, value: number | null): HTMLElement =>
      h('tr', {}, h('th', {scope: 'row'}, name), h('td', {}, loss === null ? '' : short(loss)), h('td', {}, score(value)));
    this.scores.replaceChildren(
      row(t('training'), frame.loss[0], frame.score[0]),
      row(t('test'), frame.loss[1], frame.score[1]),
      row(t('baseline', isNumber ? t('baselineNumber') : t('baselineClass')), null, setup.baseline),
    );
  }

  private ask(action: string): void {
    void this.say(sendAction(action));
  }

  private async say(sent: Promise<string>): Promise<void> {
    this.controls.say(await sent);
  }

  private async showCode(): Promise<void> {
    this.code.textContent = await readCode();
    this.code.hidden = this.copy.hidden = false;
    this.copy.textContent = t('copy');
  }

  private async copyCode(): Promise<void> {
    await navigator.clipboard.writeText(this.code.textContent ?? '');
    this.copy.textContent = t('copied');
  }
}

function panel(title: Phrase, ...children: (Node | string)[]): HTMLElement {
  return h('section', {class: 'panel'}, h('h2', {}, t(title)), ...children);
}

let page: Page;
let setup: Setup | null = null;
let newest: Frame | null = null;
let isAsked = false;

/** Draws what came last, when the screen is ready for it: frames that it is too slow for are skipped. */
function drawSoon(): void {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    if (setup && newest?.run === setup.run) page.draw(setup, newest);
  });
}

function changeLanguage(): void {
  chooseLanguage(currentLanguage() === 'ko' ? 'en' : 'ko');
  makePage();
}

function makePage(): void {
  page = new Page();
  if (setup) page.setUp(setup);
  drawSoon();
}

chooseLanguage();
makePage();
addEventListener('resize', drawSoon);
listen({
  setup: (one) => {
    setup = one;
    page.setUp(one);
    drawSoon();
  },
  frame: (one) => {
    newest = one;
    drawSoon();
  },
  problem: (line) => page.showTrouble(line),
  connection: (isThere, line) => {
    if (isThere) drawSoon();
    else page.showTrouble(line);
  },
});
