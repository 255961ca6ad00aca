import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** The import table of ARCHITECTURE.md: the folders of src/ that each folder may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  compiler: ['core'],
  targets: ['core', 'compiler'],
  runtime: ['core'],
  evaluate: ['core'],
  peers: ['core', 'compiler', 'runtime'],
  report: ['core'],
  cli: ['core', 'compiler', 'targets', 'runtime', 'evaluate', 'peers', 'report'],
};

const specifier = /(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

interface Import {
  file: string;
  from: string;
  to: string;
  target: string;
}

const roomOf = (path: string): string => path.split('/')[0];

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  return Array.from(text.matchAll(specifier), ([, path]) => {
    const target = relative(source, resolve(join(source, dirname(file)), path));
    return { file, from: roomOf(file), to: roomOf(target), target };
  });
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
const rooms = [...new Set(files.filter((f) => f.includes('/')).map(roomOf))];
const crossing = files
  .filter((file) => file.includes('/') && !file.endsWith('.test.ts'))
  .flatMap(importsOf)
  .filter(({ from, to }) => from !== to);

describe('layering', () => {
  test('every folder of src is in the table', () => {
    expect(rooms.filter((room) => !(room in mayImport))).toEqual([]);
    expect(crossing.length).toBeGreaterThan(20);
  });

  test('folders import only what the table allows', () => {
    const wrong = crossing.filter(({ from, to }) => !mayImport[from].includes(to));
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  test('only an entry of a folder is imported from outside', () => {
    const wrong = crossing.filter(
      ({ to, target }) => target !== `${to}/index.ts` && target !== 'core/loading.ts',
    );
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  test('a process that only runs models loads no op', () => {
    const eager = /^(?:import|export) (?!type\b)[^;]*?from '(\.[^']+)';/gm;
    const reached = new Set(['runtime/index.ts']);
    for (const file of reached) {
      const text = readFileSync(join(source, file), 'utf8');
      for (const [, path] of text.matchAll(eager))
        reached.add(relative(source, resolve(join(source, dirname(file)), path)));
    }
    expect(reached.has('core/loading.ts')).toBe(true);
    expect([...reached].filter((file) => /^(core\/(ops|plan)|compiler|targets)\//.test(file))).toEqual([]);
  });

  test('packages are imported only where they are declared', () => {
    const { dependencies } = JSON.parse(readFileSync(join(source, '../package.json'), 'utf8'));
    const undeclared = files
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) =>
        Array.from(
          readFileSync(join(source, file), 'utf8').matchAll(/^(?:import|export) .*from '([^.'][^']*)'/gm),
          ([, name]) => ({
            file,
            name,
          }),
        ),
      )
      .filter(({ name }) => !name.startsWith('node:') && !(name.split('/')[0] in dependencies));
    expect(undeclared).toEqual([]);
  });
});
