// What the page asks of the server, and hears from it.

import {type Frame, type Settings, type Setup} from './kinds';
import {t} from './text';

export interface Heard {
  setup(setup: Setup): void;
  frame(frame: Frame): void;
  problem(line: string): void;
  connection(isThere: boolean, line: string): void;
}

export function listen(heard: Heard): void {
  const source = new EventSource('events');
  const on = <T>(name: string, take: (value: T) => void): void =>
    source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as T));
  on<Setup>('setup', (setup) => heard.setup(setup));
  on<Frame>('frame', (frame) => heard.frame(frame));
  on<string>('problem', (line) => heard.problem(line));
  source.addEventListener('open', () => heard.connection(true, ''));
  source.addEventListener('error', () => heard.connection(false, t('lost')));
  source.addEventListener('end', () => {
    source.close();
    heard.connection(false, t('ended'));
  });
}

/** Sends JSON, and returns what was wrong with it; an empty line if nothing was. */
async function send(path: string, value: unknown): Promise<string> {
  try {
    const response = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(value)});
    if (response.ok) return '';
    const said = (await response.json().catch(() => null)) as {error?: string} | null;
    return said?.error ?? `${response.status}`;
  } catch {
    return t('lost');
  }
}

export const sendSettings = (settings: Settings): Promise<string> => send('settings', settings);
export const sendAction = (action: string): Promise<string> => send('action', {action});
export const sendPace = (pace: number): Promise<string> => send('action', {pace});

export async function readCode(): Promise<string> {
  const response = await fetch('code');
  return response.text();
}
