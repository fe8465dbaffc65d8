// Elements without a framework: `h('p', {class: 'soft'}, 'text')`.

type Child = Node | string | null | undefined | false;
type Handler = (event: never) => void;
type Attributes = Record<string, string | number | boolean | Handler | undefined>;

function fill(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  // Text only ever becomes text nodes: no name in a card is read as HTML.
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
}

export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  fill(element, attributes, children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  fill(element, attributes, children);
  return element;
}

let labels = 0;

/** A label above a control, joined by an id. */
export function labeled(text: string, control: HTMLElement, hint = ''): HTMLElement {
  control.id ||= `control-${++labels}`;
  return h('div', {class: 'field'}, h('label', {for: control.id}, text), control, hint && h('small', {}, hint));
}

/** Numbers as people read them: four digits that count. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Runs what was asked last, one at a time: a slider moves faster than a network answers. */
export function latest(work: (isStale: () => boolean) => Promise<void>): () => void {
  let asked = 0;
  let isBusy = false;
  const go = async (): Promise<void> => {
    isBusy = true;
    let done: number;
    do {
      done = asked;
      try {
        await work(() => done !== asked);
      } catch (error) {
        void Promise.reject(error); // which is where all that goes wrong is said
        break;
      }
    } while (done !== asked);
    isBusy = false;
  };
  return () => {
    asked += 1;
    if (!isBusy) void go();
  };
}

/** Lets the browser draw, and take clicks, in the middle of a long computation. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
