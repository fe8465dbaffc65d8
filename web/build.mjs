// Bundles the pages into kerazoo/web/built/, with LiteRT.js and its license beside them.
import {build} from 'esbuild';
import {copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'kerazoo', 'web', 'built');
const packages = join(here, 'node_modules');

rmSync(out, {recursive: true, force: true});
mkdirSync(out, {recursive: true});
// One program for the networks, and two without the runtime: a training, and the playground.
const entries = {app: 'main.ts', live: 'live.ts', play: 'play/main.ts'};
await build({
  entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(here, 'src', file)])),
  outdir: out,
  bundle: true,
  minify: true,
  charset: 'utf8',
  format: 'iife',
  target: 'es2022',
  legalComments: 'inline',
});
for (const file of ['index.html', 'live.html', 'style.css', 'play/play.html', 'play/play.css']) {
  copyFileSync(join(here, 'src', file), join(out, basename(file)));
}

// The build without relaxed SIMD runs in every browser; one runtime keeps the package small.
const runtime = join(packages, '@litertjs', 'core', 'wasm');
copyFileSync(join(runtime, 'litert_wasm_compat_internal.js'), join(out, 'litert.js'));
copyFileSync(join(runtime, 'litert_wasm_compat_internal.wasm'), join(out, 'litert.wasm'));

const notices = ['@litertjs/core', '@litertjs/wasm-utils'].map((name) => {
  const about = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  return `${name} ${about.version}, ${about.license}, ${about.repository.url}`;
});
const license = join(here, '..', 'LICENSE');
const text = existsSync(license) ? readFileSync(license, 'utf8') : '';
writeFileSync(
  join(out, 'licenses.txt'),
  `app.js holds, and litert.js and litert.wasm are:\n\n${notices.join('\n')}\n\n${text}`,
);
console.log(`built ${out}`);
