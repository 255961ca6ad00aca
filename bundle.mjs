import { readdirSync, readFileSync } from 'node:fs';
import { build } from 'rolldown';

// A file for each entry and what they share in few others: Node loads many small modules slowly, and keeps much for each.
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  /^(index|[^/]+\/index|cli\/main)\.ts$/.test(file),
);

await build({
  input: Object.fromEntries(entries.map((file) => [file.slice(0, -'.ts'.length), `src/${file}`])),
  platform: 'node',
  external: [/^node:/, ...Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`))],
  output: {
    dir: 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    // The runtime loads one chunk without comments, of which V8 collects no garbage before a first run.
    codeSplitting: { groups: [{ name: 'runtime', test: /src\/runtime\/index\.ts$/ }] },
    comments: { jsdoc: false },
    sourcemap: true,
    cleanDir: true,
  },
});
