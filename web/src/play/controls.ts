// What can be chosen. Each choice is sent at once; the server's answer is what is shown.

import {h, labeled} from '../dom';
import {type Settings, type Setup} from './kinds';
import {isPhrase, t} from './text';

const DRAWN = ['circles', 'xor', 'gaussians', 'spirals', 'curve'];
const COURSE = ['wine_color', 'wine_quality', 'boston'];
const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const NOISES = [0, 0.05, 0.1, 0.2, 0.3, 0.5];
const SHARES = [0.1, 0.2, 0.3, 0.5, 0.7];
const DROPOUTS = [0, 0.1, 0.2, 0.3, 0.5, 0.8];
const BATCHES = [1, 4, 8, 16, 32, 64, 128, 256];
const MOST_LAYERS = 6;
const MOST_UNITS = 32;

type Change = (changed: Partial<Settings>) => void;

export class Controls {
  readonly element = h('div', {class: 'controls'});
  private setup: Setup | null = null;
  private settings: Settings | null = null; // what was asked for last
  private readonly shown: ((setup: Setup) => void)[] = [];
  private readonly layers = h('div', {class: 'fields layers'});
  private readonly busy = h('p', {class: 'soft', role: 'status', 'data-busy': ''});
  private readonly problem = h('p', {class: 'wrong', role: 'alert', 'data-problem': ''});

  constructor(private readonly send: (settings: Settings) => Promise<string>) {
    const change: Change = (changed) => void this.change(changed);
    const group = (title: string, ...fields: HTMLElement[]): HTMLElement =>
      h('fieldset', {class: 'panel'}, h('legend', {}, title), h('div', {class: 'fields'}, ...fields));
    const penalty = this.penalty(change);
    const buttons = h(
      'div',
      {class: 'buttons'},
      h('button', {type: 'button', class: 'quiet', 'data-add': '', click: () => this.addLayer()}, t('add')),
      h('button', {type: 'button', class: 'quiet', 'data-remove': '', click: () => this.removeLayer()}, t('remove')),
    );
    const network = h('fieldset', {class: 'panel'}, h('legend', {}, t('network')), h('p', {class: 'soft'}, t('hidden')), this.layers, buttons);
    network.append(h('div', {class: 'fields'}, this.words('activation', t('activation'), ['relu', 'tanh', 'sigmoid', 'linear'], change), this.numbers('dropout', t('dropout'), DROPOUTS, change)));
    this.element.append(
      this.problem,
      this.busy,
      group(t('data'), this.dataSets(change), this.noise(change), this.numbers('test_share', t('testShare'), SHARES, change), this.seed(change), ...this.axes(change)),
      network,
      group(
        t('learning'),
        this.words('optimizer', t('optimizer'), ['sgd', 'momentum', 'rmsprop', 'adam'], change),
        this.numbers('rate', t('rate'), RATES, change),
        this.numbers('batch_size', t('batch'), BATCHES, change),
        ...penalty,
      ),
    );
  }

  show(setup: Setup): void {
    this.setup = setup;
    this.settings = setup.settings;
    this.showLayers(setup.settings.layers);
    for (const one of this.shown) one(setup);
  }

  say(line: string): void {
    this.problem.textContent = line;
  }

  private async change(changed: Partial<Settings>): Promise<void> {
    if (!this.settings) return;
    this.settings = {...this.settings, ...changed};
    if ('data' in changed) this.settings.axes = [];
    // A table that was not used before takes a while to read.
    const waiting = setTimeout(() => (this.busy.textContent = t('loading')), 400);
    const line = await this.send(this.settings);
    this.say(line);
    if (line && this.setup) this.show(this.setup); // what is wrong is not asked for again
    clearTimeout(waiting);
    this.busy.textContent = '';
  }

  private words(name: 'activation' | 'optimizer', title: string, choices: string[], change: Change): HTMLElement {
    const select = h('select', {'data-setting': name, change: () => change({[name]: select.value})});
    for (const choice of choices) select.append(h('option', {value: choice}, choice === 'linear' ? t('linear') : choice));
    this.shown.push((setup) => (select.value = setup.settings[name]));
    return labeled(title, select);
  }

  private numbers(name: 'rate' | 'dropout' | 'test_share' | 'batch_size' | 'noise', title: string, choices: number[], change: Change): HTMLElement {
    const select = h('select', {'data-setting': name, change: () => change({[name]: Number(select.value)})});
    fill(select, choices);
    this.shown.push((setup) => choose(select, choices, setup.settings[name]));
    return labeled(title, select);
  }

  private dataSets(change: Change): HTMLElement {
    const select = h('select', {'data-setting': 'data', change: () => change({data: select.value})});
    let made = '';
    this.shown.push((setup) => {
      const names = [...(setup.hasOwn ? ['own'] : []), ...DRAWN, ...COURSE];
      if (made !== names.join()) select.replaceChildren(...names.map((one) => h('option', {value: one}, isPhrase(one) ? t(one) : one)));
      made = names.join();
      select.value = setup.settings.data;
    });
    return labeled(t('dataSet'), select);
  }

  private noise(change: Change): HTMLElement {
    const field = this.numbers('noise', t('noise'), NOISES, change);
    const select = field.querySelector('select')!;
    const hint = h('small', {}, t('noNoise'));
    field.append(hint);
    this.shown.push((setup) => {
      select.disabled = !DRAWN.includes(setup.settings.data);
      hint.hidden = !select.disabled;
    });
    return field;
  }

  private seed(change: Change): HTMLElement {
    const input = h('input', {type: 'number', min: 0, max: 2 ** 31 - 1, step: 1, inputmode: 'numeric', 'data-setting': 'seed', change: () => change({seed: Number(input.value)})});
    this.shown.push((setup) => (input.value = String(setup.settings.seed)));
    const field = labeled(t('seed'), input);
    field.append(h('button', {type: 'button', class: 'quiet', click: () => change({seed: (Number(input.value) + 1) % 2 ** 31})}, t('newSeed')));
    return field;
  }

  private axes(change: Change): HTMLElement[] {
    const selects = [t('xAxis'), t('yAxis')].map((title, at) => {
      const select = h('select', {'data-axis': at, change: () => change({axes: selects.map((one) => one.value).filter(Boolean)})});
      return Object.assign(select, {title});
    });
    const fields = selects.map((select) => labeled(select.title, select));
    this.shown.push((setup) => {
      selects.forEach((select, at) => {
        const names = at ? ['', ...setup.numbers] : setup.numbers;
        select.replaceChildren(...names.map((name) => h('option', {value: name}, name || t('nothing'))));
        select.value = setup.axes[at]?.name ?? '';
        fields[at].hidden = setup.numbers.length < 2 || (setup.numbers.length === 2 && !at && setup.others.length === 0);
      });
      fields[1].hidden = fields[0].hidden = setup.numbers.length < 2;
    });
    return fields;
  }

  /** L1 and L2 are two settings, of which a page shows one. */
  private penalty(change: Change): HTMLElement[] {
    const kind = h('select', {'data-setting': 'penalty'});
    for (const [value, name] of [['', t('none')], ['l1', 'L1'], ['l2', 'L2']]) kind.append(h('option', {value}, name));
    const size = h('select', {'data-setting': 'penalty_size'});
    fill(size, PENALTIES);
    size.value = '0.001';
    const send = (): void => {
      size.disabled = !kind.value;
      change({l1: kind.value === 'l1' ? Number(size.value) : 0, l2: kind.value === 'l2' ? Number(size.value) : 0});
    };
    kind.addEventListener('change', send);
    size.addEventListener('change', send);
    this.shown.push(({settings: {l1, l2}}) => {
      kind.value = l1 ? 'l1' : l2 ? 'l2' : '';
      size.disabled = !kind.value;
      if (l1 || l2) choose(size, PENALTIES, l1 || l2);
    });
    return [labeled(t('penalty'), kind), labeled(t('penaltySize'), size)];
  }

  private showLayers(units: number[]): void {
    const inputs = [...this.layers.querySelectorAll('input')];
    if (inputs.length !== units.length) {
      this.layers.replaceChildren(...units.map((_, at) => labeled(t('units', at + 1), this.layer(at))));
    }
    [...this.layers.querySelectorAll('input')].forEach((input, at) => (input.value = String(units[at])));
    this.element.querySelector<HTMLButtonElement>('[data-add]')!.disabled = units.length >= MOST_LAYERS;
    this.element.querySelector<HTMLButtonElement>('[data-remove]')!.disabled = !units.length;
  }

  private layer(at: number): HTMLInputElement {
    const input = h('input', {
      type: 'number',
      min: 1,
      max: MOST_UNITS,
      step: 1,
      inputmode: 'numeric',
      change: () => {
        const layers = [...(this.settings?.layers ?? [])];
        layers[at] = Number(input.value);
        void this.change({layers});
      },
    });
    return input;
  }

  private addLayer(): void {
    const layers = this.settings?.layers ?? [];
    void this.change({layers: [...layers, layers[layers.length - 1] ?? 4]});
  }

  private removeLayer(): void {
    void this.change({layers: (this.settings?.layers ?? []).slice(0, -1)});
  }
}

function fill(select: HTMLSelectElement, choices: number[]): void {
  select.replaceChildren(...choices.map((one) => h('option', {value: one}, String(one))));
}

/** Shows a number, also one that the page does not offer. */
function choose(select: HTMLSelectElement, choices: number[], value: number): void {
  if (![...select.options].some((one) => Number(one.value) === value)) {
    fill(select, [...choices, value].sort((one, other) => one - other));
  }
  select.value = String([...select.options].find((one) => Number(one.value) === value)?.value);
}
