import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(...args) {
  const { status, error } = spawnSync('cmake', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(`cmake cannot be started: ${error.message}; install CMake and a C++ compiler`);
  if (status !== 0) process.exit(status ?? 5);
}

run('-S', '.', '-B', 'build', '-DCMAKE_BUILD_TYPE=Release');
run('--build', 'build', '--parallel', '2');
