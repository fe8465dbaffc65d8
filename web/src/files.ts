// Files of the site: beside the page on a server, or inside the page itself.

import {t} from './text';

/** What is said to people as it stands. */
export class Trouble extends Error {}

/** A network was asked whose page has been left: nobody waits for the answer. */
export class Gone extends Error {}

export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const inside = document.querySelector(`script[data-file="${CSS.escape(path)}"]`);
  return inside ? unpack(inside.textContent ?? '', path) : download(path);
}

/** A file that must be the one that was written. */
export async function readChecked(path: string, sha256: string | null): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readBytes(path);
  const hash = await hashOf(bytes);
  if (hash !== null && sha256 !== null && hash !== sha256) throw new Trouble(t('damagedFile', path.split('/').pop()!));
  return bytes;
}

export async function readJson<T>(path: string): Promise<T> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Trouble(t('damagedFile', path));
  }
}

/** SHA-256 as hexadecimal digits; `null` where the browser computes none, as over plain HTTP. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

async function unpack(text: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const stream = new Blob([decodeBase64(text)]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Trouble(t('damagedFile', path));
  }
}

async function download(path: string): Promise<Uint8Array<ArrayBuffer>> {
  // A page that holds files holds all of them.
  if (document.querySelector('script[data-file]')) throw new Trouble(t('damagedFile', path));
  if (location.protocol === 'file:') throw new Trouble(t('needsServer'));
  let response: Response;
  try {
    response = await fetch(path);
  } catch {
    throw new Trouble(t('noFile', path));
  }
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  const said = (await response.json().catch(() => null)) as {error?: string} | null;
  throw new Trouble(said?.error ?? t('noFile', path));
}
