import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

// Builds the native engine with CMake into build/, in a clone and in an installed package alike.
const root = fileURLToPath(new URL('..', import.meta.url));

function run(...args) {
  const { status, error } = spawnSync('cmake', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(`cmake cannot be started: ${error.message}; install CMake and a C++ compiler`);
  if (status !== 0) process.exit(status ?? 5);
}

const modules = dirname(dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json')));
run('-S', '.', '-B', 'build', '-DCMAKE_BUILD_TYPE=Release', `-DEDGEC_MODULES=${modules}`);
run('--build', 'build', '--parallel', '2');
