// A network that answers in this page, by LiteRT.js on the processor.

import {type CompiledModel, loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';
import {decode, type NetworkCard, type Numbers, rowOf, sizeOf} from './card';
import {Gone, readBytes, readChecked, Trouble} from './files';
import {t} from './text';

let starting: Promise<void> | null = null;

/** Loads the runtime once for all networks. */
export function startRuntime(): Promise<void> {
  starting ??= start();
  return starting;
}

async function start(): Promise<void> {
  if (typeof WebAssembly !== 'object') throw new Trouble(t('noWebAssembly'));
  const [loader, runtime] = await Promise.all([readBytes('litert.js'), readBytes('litert.wasm')]);
  // Given its bytes, the loader asks for no file; it is quiet about itself.
  const quiet = (): void => undefined;
  Object.assign(globalThis, {Module: {wasmBinary: runtime, print: quiet, printErr: quiet}});
  const url = URL.createObjectURL(new Blob([loader], {type: 'text/javascript'}));
  // It looks for WebGPU, which nothing here needs, and warns where there is none.
  const warn = console.warn;
  console.warn = quiet;
  try {
    await loadLiteRt(`${url}#litert.js`); // which insists on the ending
  } catch (error) {
    console.error(error);
    throw new Trouble(t('noWebAssembly'));
  } finally {
    console.warn = warn;
    URL.revokeObjectURL(url);
  }
}

export class Network {
  private isGone = false;
  private running = 0;

  private readonly answerAt: number; // among the outputs
  private readonly innerAt: number[];

  private constructor(
    readonly card: NetworkCard,
    private readonly model: CompiledModel,
    private readonly width: number, // numbers in a row
  ) {
    const names = model.getOutputDetails().map(({name}) => name);
    this.innerAt = card.inner.map(({output}) => names.indexOf(output));
    this.answerAt = names.findIndex((_, index) => !this.innerAt.includes(index));
  }

  /** Loads a network, whose file must be what the card says. */
  static async load(folder: string, card: NetworkCard): Promise<Network> {
    const [bytes] = await Promise.all([readChecked(`${folder}/${card.file}`, card.sha256), startRuntime()]);
    try {
      const model = await loadAndCompile(bytes, {accelerator: 'wasm'});
      return new Network(card, model, sizeOf(card.input.shape));
    } catch (error) {
      console.error(error);
      throw new Trouble(t('damagedFile', card.file));
    }
  }

  /** Numbers in an answer. */
  get outputs(): number {
    return sizeOf(this.card.output.shape);
  }

  /** Answers any number of rows, one after the other. */
  async run(rows: Numbers): Promise<Float32Array> {
    const count = rows.length / this.width;
    const answers = new Float32Array(count * this.outputs);
    for (let at = 0; at < count; at += this.card.rows) {
      const some = Math.min(this.card.rows, count - at);
      const [answer] = await this.ask(rows.subarray(at * this.width, (at + some) * this.width), [this.answerAt]);
      answers.set(answer.subarray(0, some * this.outputs), at * this.outputs);
    }
    return answers;
  }

  /** Answers a row, with what is computed on the way, in the order of `card.inner`. */
  async look(row: Numbers): Promise<{answer: Float32Array; inner: Float32Array[]}> {
    const [answer, ...inner] = await this.ask(row, [this.answerAt, ...this.innerAt]);
    return {answer: answer.subarray(0, this.outputs), inner};
  }

  /** Runs it once, on as many rows as it takes at most, and copies some of its outputs. */
  private async ask(rows: Numbers, wanted: number[]): Promise<Float32Array[]> {
    if (this.isGone) throw new Gone();
    const piece = this.emptyRows();
    piece.set(rows);
    const input = new Tensor(piece, [this.card.rows, ...this.card.input.shape]);
    this.running += 1;
    try {
      const outputs = await this.model.run(input);
      const found = wanted.map((index) => Float32Array.from(outputs[index].toTypedArray()));
      for (const output of outputs) output.delete();
      return found;
    } finally {
      input.delete();
      this.running -= 1;
      if (this.isGone && !this.running) this.model.delete();
    }
  }

  /** How far its answers to a few known rows are from those that were saved with it. */
  async check(): Promise<number> {
    const expected = decode(this.card.probe.outputs);
    const given = await this.run(decode(this.card.probe.inputs));
    if (given.length !== expected.length) return Infinity;
    let worst = 0;
    for (let at = 0; at < given.length; at++) {
      const difference = Math.abs(given[at] - expected[at]);
      if (!(difference <= worst)) worst = difference; // which is so of NaN, too
    }
    return worst;
  }

  /** One of the rows that were saved with it. */
  probeRow(index: number): Numbers {
    return rowOf(decode(this.card.probe.inputs), this.width, index);
  }

  get probeRows(): number {
    return this.card.probe.inputs.shape[0];
  }

  /** Frees its memory, once what is being computed is done. */
  delete(): void {
    this.isGone = true;
    if (!this.running) this.model.delete();
  }

  private emptyRows(): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
    const length = this.card.rows * this.width;
    if (this.card.input.dtype === 'uint8') return new Uint8Array(length);
    return this.card.input.dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
  }
}
