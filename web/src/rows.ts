// A network that takes a table: a field for each column, and the answer at once.

import {CoverageChoice, showClasses, showNumber, showShares} from './bars';
import {type Column, decode, type Numbers, rowOf} from './card';
import {h, labeled, latest, short} from './dom';
import {t} from './text';
import {exactRows, MOST_EXACT, probabilitiesOf, shareOut, shareOutExactly} from './trust';
import {answerPlace, panel, type View} from './view';

const FEW = 6; // columns
const MOST_FIELDS = 100; // that are drawn at once
const MOST_EXPLAINED = 1000; // columns; more would take too long, and too much memory
const LONG = 20; // seconds that nobody has asked for
const MILLISECONDS_OF_A_DAY = 86_400_000;

export function showRows({card, network, place}: View): void {
  const rows = exampleRows();
  const fields = card.columns.map((column, index) => new Field(column, () => isWhole(index), () => ask()));
  const answer = answerPlace();
  const why = h('div', {'data-why': ''});
  const problem = h('p', {class: 'wrong', role: 'alert'});
  const coverage = new CoverageChoice(card, () => ask());
  let waits = false; // for exact shares, however long they take

  function isWhole(index: number): boolean {
    return examples(index).every((value) => Number.isNaN(value) || Number.isInteger(value));
  }

  function examples(index: number): number[] {
    return rows.map((row) => row[index]);
  }

  function exampleRows(): Numbers[] {
    const width = card.columns.length;
    const from = card.sample ?? card.network.probe.inputs;
    const values = decode(from);
    return Array.from({length: values.length / width}, (_, index) => rowOf(values, width, index));
  }

  const ask = latest(async (isStale) => {
    const lacking = fields.find((field) => Number.isNaN(field.value) && !card.takesMissing);
    problem.textContent = lacking ? t('fillIn', lacking.column.name) : '';
    if (lacking) return;
    const row = Float32Array.from(fields.map((field) => field.value));
    const outputs = await network.run(row);
    if (isStale()) return;
    const isClasses = card.classes.length > 0;
    const probabilities = isClasses ? probabilitiesOf(card, outputs) : [];
    answer.replaceChildren(
      isClasses ? showClasses(card, probabilities, coverage.value) : showNumber(card, outputs[0], coverage.value),
    );
    if (!card.sample || row.length > MOST_EXPLAINED) return;
    const best = probabilities.indexOf(Math.max(...probabilities));
    const read = (one: Float32Array): number => (isClasses ? probabilitiesOf(card, one)[best] : one[0]);
    const what = isClasses ? t('probabilityOf', card.classes[best]) : card.target;
    const names = card.columns.map((column) => column.name);
    let seconds = 0; // that all coalitions take, as far as a few orders tell, which are shown at once
    if (row.length > FEW) {
      const began = performance.now();
      const shares = await shareOut(card, network, row, read, isStale);
      if (isStale() || !shares) return;
      seconds = ((performance.now() - began) / 1000) * (exactRows(card) / shares.rows);
      why.replaceChildren(showShares(names, shares, what));
    }
    if (row.length > MOST_EXACT) return;
    if (seconds > LONG && !waits) {
      const wait = h('button', {type: 'button', class: 'quiet', 'data-exactly': ''}, t('exactly', Math.ceil(seconds)));
      wait.addEventListener('click', () => {
        waits = wait.disabled = true;
        ask();
      });
      why.append(h('p', {}, wait));
      return;
    }
    const shares = await shareOutExactly(card, network, row, read, isStale);
    if (!isStale() && shares) why.replaceChildren(showShares(names, shares, what));
  });

  let shown = -1;
  function another(): void {
    shown = (shown + 1) % rows.length;
    fields.forEach((field, index) => field.set(rows[shown][index]));
    ask();
  }

  if (!card.sample) why.append(h('p', {class: 'soft'}, t('noSample')));
  else if (fields.length > MOST_EXPLAINED) why.append(h('p', {class: 'soft'}, t('tooManyColumns', fields.length, MOST_EXPLAINED)));
  place.append(
    panel(
      'input',
      h('p', {}, h('button', {type: 'button', class: 'quiet', 'data-example': '', click: another}, t('example'))),
      ...chosenFields(fields),
      problem,
    ),
    panel('answer', answer, coverage.element),
    panel('why', why),
  );
  another();
}

/** All fields; of very many those whose name is looked for, since a browser draws no 100,000. */
function chosenFields(fields: Field[]): HTMLElement[] {
  const place = h('div', {class: 'fields'}, ...fields.slice(0, MOST_FIELDS).map((field) => field.element));
  if (fields.length <= MOST_FIELDS) return [place];
  const note = h('p', {class: 'soft', role: 'status', 'data-shown': ''});
  const search = h('input', {type: 'search', autocapitalize: 'off', spellcheck: 'false', input: () => choose()});
  const choose = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const found = fields.filter(({column}) => column.name.toLowerCase().includes(wanted));
    place.replaceChildren(...found.slice(0, MOST_FIELDS).map((field) => field.element));
    note.textContent = t('columnsShown', Math.min(MOST_FIELDS, found.length), found.length, fields.length);
  };
  choose();
  return [labeled(t('findColumn'), search), note, place];
}

/** One column: a slider with its number, a choice of words, or a date. */
class Field {
  value = NaN;
  private note: HTMLElement | null = null;
  private show: (value: number) => void = () => undefined;
  private made: HTMLElement | null = null;

  constructor(
    readonly column: Column,
    private readonly isWhole: () => boolean,
    private readonly changed: () => void,
  ) {}

  /** Made when it is first shown. */
  get element(): HTMLElement {
    if (this.made) return this.made;
    if (this.column.categories.length) [this.made, this.show] = this.words();
    else if (this.column.kind === 'date') [this.made, this.show] = this.date();
    else [this.made, this.show] = this.number(this.isWhole());
    this.note = h('small', {class: 'note'});
    this.made.append(this.note);
    this.set(this.value);
    return this.made;
  }

  set(value: number): void {
    this.show(value);
    this.take(value, false);
  }

  private take(value: number, isByHand = true): void {
    const {minimum, maximum, categories} = this.column;
    this.value = value;
    if (isByHand) this.changed();
    if (!this.note) return;
    const slack = 1e-6 * Math.max(Math.abs(minimum), Math.abs(maximum)); // of 32 bits
    const isOutside = !categories.length && this.column.kind !== 'date' && (value < minimum - slack || value > maximum + slack);
    this.note.textContent = isOutside ? t('outside', short(minimum), short(maximum)) : '';
  }

  private words(): [HTMLElement, (value: number) => void] {
    const {name, categories, kind} = this.column;
    const select = h('select', {change: () => this.take(select.value === '' ? NaN : Number(select.value))});
    categories.forEach((word, code) => select.append(h('option', {value: code}, word)));
    if (kind) {
      select.append(h('option', {value: categories.length}, t('other')), h('option', {value: ''}, t('empty')));
    }
    const show = (value: number): void => {
      select.value = Number.isNaN(value) ? '' : String(Math.min(value, categories.length));
    };
    return [labeled(name, select), show];
  }

  private date(): [HTMLElement, (value: number) => void] {
    const input = h('input', {
      type: 'date',
      input: () => this.take(input.value ? Date.parse(input.value) / MILLISECONDS_OF_A_DAY : NaN),
    });
    const show = (value: number): void => {
      input.value = Number.isNaN(value) ? '' : new Date(value * MILLISECONDS_OF_A_DAY).toISOString().slice(0, 10);
    };
    return [labeled(this.column.name, input), show];
  }

  private number(isWhole: boolean): [HTMLElement, (value: number) => void] {
    const {name, minimum, maximum} = this.column;
    const step = isWhole ? 1 : Number(((maximum - minimum) / 200 || 0.01).toPrecision(1));
    const slider = h('input', {
      type: 'range',
      min: minimum,
      max: maximum,
      step: isWhole ? 1 : 'any',
      'aria-label': name,
      input: () => {
        const value = isWhole ? Number(slider.value) : Number(Number(slider.value).toPrecision(4));
        number.value = String(value);
        this.take(value);
      },
    });
    const number = h('input', {
      type: 'number',
      step,
      inputmode: 'decimal',
      input: () => {
        const value = number.value === '' ? NaN : Number(number.value);
        if (!Number.isNaN(value)) slider.value = String(value);
        this.take(value);
      },
    });
    if (!isWhole) number.step = 'any';
    const show = (value: number): void => {
      number.value = Number.isNaN(value) ? '' : String(Number(value.toPrecision(6)));
      slider.value = String(Number.isNaN(value) ? minimum : value);
    };
    const element = labeled(name, number);
    element.append(slider);
    return [element, show];
  }
}
