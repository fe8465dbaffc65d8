// A network that keeps a pole upright: watch it, or try it yourself. The physics are Gymnasium's.

import {showClasses} from './bars';
import {h, svg} from './dom';
import {t} from './text';
import {answerPlace, panel, type View} from './view';

const GRAVITY = 9.8;
const CART = 1.0; // kilograms
const POLE = 0.1;
const HALF = 0.5; // meters, of the pole
const FORCE = 10.0;
const SECONDS = 0.02; // of a step
const TRACK = 2.4;
const LEAN = (12 * Math.PI) / 180;
const STEPS = 500;

type State = [position: number, speed: number, angle: number, turning: number];

export function showCartPole({card, network, place}: View): void {
  let state: State = begin();
  let steps = 0;
  let isPlaying = false;
  let push = 1; // by hand: 0 left, 1 right
  const cart = svg('g', {}, svg('rect', {x: -0.25, y: -0.1, width: 0.5, height: 0.2, class: 'cart'}));
  const pole = svg('line', {x1: 0, y1: 0, x2: 0, y2: -2 * HALF, class: 'pole'});
  cart.append(pole);
  const picture = svg(
    'svg',
    {viewBox: '-2.6 -1.4 5.2 1.9', role: 'img', 'aria-label': t('cartpole'), class: 'cartpole'},
    svg('line', {x1: -TRACK, x2: TRACK, y1: 0.1, y2: 0.1, class: 'rule'}),
    cart,
  );
  const status = h('p', {class: 'result', 'data-steps': ''});
  const answer = answerPlace();
  answer.setAttribute('aria-live', 'off'); // fifty answers a second are too many to read out
  const byYou = h('input', {type: 'checkbox', id: 'by-you'});
  const play = h('button', {type: 'button', 'data-play': '', click: () => (isPlaying ? pausePlay() : void go())}, t('play'));

  function begin(): State {
    return Array.from({length: 4}, () => (Math.random() - 0.5) / 10) as State;
  }

  function show(): void {
    cart.setAttribute('transform', `translate(${state[0]} 0)`);
    pole.setAttribute('transform', `rotate(${(state[2] * 180) / Math.PI})`);
  }

  function pausePlay(): void {
    isPlaying = false;
    play.textContent = t('play');
  }

  function restart(): void {
    state = begin();
    steps = 0;
    status.textContent = t('kept', 0);
    show();
    if (!isPlaying) void go();
  }

  async function go(): Promise<void> {
    if (steps >= STEPS || hasFallen(state)) {
      state = begin();
      steps = 0;
    }
    isPlaying = true;
    play.textContent = t('stop');
    while (isPlaying && picture.isConnected) {
      const outputs = await network.run(Float32Array.from(state));
      const action = byYou.checked ? push : outputs[1] > outputs[0] ? 1 : 0;
      state = move(state, action);
      steps += 1;
      show();
      answer.replaceChildren(showClasses(card, [...outputs], 0.9));
      status.textContent = hasFallen(state) ? t('fell', steps) : steps >= STEPS ? t('done') : t('kept', steps);
      if (hasFallen(state) || steps >= STEPS) return pausePlay();
      await new Promise((resolve) => setTimeout(resolve, 1000 * SECONDS));
    }
  }

  const choose = (action: number): void => {
    push = action;
    byYou.checked = true;
  };
  const byKey = (event: KeyboardEvent): void => {
    if (!picture.isConnected) return removeEventListener('keydown', byKey);
    if (event.key === 'ArrowLeft') choose(0);
    if (event.key === 'ArrowRight') choose(1);
  };
  addEventListener('keydown', byKey);
  const button = (text: string, click: () => void): HTMLElement => h('button', {type: 'button', class: 'quiet', click}, text);
  place.classList.add('two');
  place.append(
    panel(
      'image',
      picture,
      status,
      h('p', {class: 'buttons'}, play, button(t('restart'), restart), button(t('push'), () => (state[3] += Math.random() < 0.5 ? -0.8 : 0.8))),
      h('p', {class: 'check'}, byYou, h('label', {for: 'by-you'}, t('byYou'))),
      h('p', {class: 'buttons'}, button(t('left'), () => choose(0)), button(t('right'), () => choose(1))),
    ),
    panel('answer', answer),
  );
  status.textContent = t('kept', 0);
  show();
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) void go();
}

function hasFallen([position, , angle]: State): boolean {
  return Math.abs(position) > TRACK || Math.abs(angle) > LEAN;
}

/** One step of Gymnasium's CartPole-v1, by Euler's method. */
export function move([position, speed, angle, turning]: State, action: number): State {
  const force = action === 1 ? FORCE : -FORCE;
  const mass = CART + POLE;
  const pushed = (force + POLE * HALF * turning ** 2 * Math.sin(angle)) / mass;
  const turned = (GRAVITY * Math.sin(angle) - Math.cos(angle) * pushed) / (HALF * (4 / 3 - (POLE * Math.cos(angle) ** 2) / mass));
  const moved = pushed - (POLE * HALF * turned * Math.cos(angle)) / mass;
  return [position + SECONDS * speed, speed + SECONDS * moved, angle + SECONDS * turning, turning + SECONDS * turned];
}
