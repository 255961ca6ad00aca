import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles scripts of this folder to files of build/fuzz/, where the addon is found from; returns that folder. */
export async function bundle(...names) {
  const dir = `${root}build/fuzz`;
  await build({
    input: Object.fromEntries(names.map((name) => [name, `${root}tests/fuzz/${name}.ts`])),
    platform: 'node',
    external: [/^node:/, 'flatbuffers'],
    output: { dir, entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    logLevel: 'silent',
  });
  return dir;
}
