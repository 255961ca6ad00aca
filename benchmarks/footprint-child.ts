// Loads a model from a file, runs it once on zeros, which cost no garbage to make, and prints what that took. A process of its own for each runtime.
// Usage: node footprint-child.js bare | edgec|ort <file> <ports as JSON>
import { existsSync, readFileSync } from 'node:fs';
import type { PortInfo } from 'edgec/runtime';
import type { ChildReport } from './footprint.ts';

interface Loaded {
  run(): void;
  dispose(): void;
}

const warmLoads = 9;
const [runtime, file, ports] = process.argv.slice(2);

async function edgecLoader(): Promise<() => Promise<Loaded>> {
  const { loadModel, zeroInputs } = await import('edgec/runtime');
  return async () => {
    const session = await loadModel(file, { executor: 'native' });
    return {
      run: () => void session.runSync(zeroInputs(session.inputs)),
      dispose: () => session.dispose(),
    };
  };
}

async function ortLoader(): Promise<() => Promise<Loaded>> {
  const { Ort } = await import('#peers');
  const { zeroInputs } = await import('edgec/runtime');
  const given: PortInfo[] = JSON.parse(ports);
  const values = zeroInputs(given);
  const inputs = given.map(({ name, type }) => ({ name, ...type, data: values[name] }));
  const ort = Ort.resolve();
  return async () => {
    const contender = ort.native('ort', file, inputs, { threads: 1 });
    return { run: () => void contender.burst(1), dispose: () => void contender.dispose() };
  };
}

async function timed(load: () => Promise<Loaded>): Promise<[number, Loaded]> {
  const start = process.hrtime.bigint();
  const loaded = await load();
  return [Number(process.hrtime.bigint() - start), loaded];
}

/** Linux counts a parent's peak into `maxRSS` of its children, but not into VmHWM. */
function peakBytes(): number {
  const status = '/proc/self/status';
  const [, kibibytes] =
    (existsSync(status) && /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))) || [];
  return 1024 * (kibibytes ? Number(kibibytes) : process.resourceUsage().maxRSS);
}

async function measure(): Promise<ChildReport> {
  if (runtime === 'bare') return { loadNs: 0, warmLoadNs: 0, peakBytes: peakBytes() };
  const load = runtime === 'edgec' ? await edgecLoader() : await ortLoader();
  const [loadNs, first] = await timed(load);
  first.run();
  const peak = peakBytes();
  first.dispose();
  let warmLoadNs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < warmLoads; i++) {
    const [ns, again] = await timed(load);
    again.dispose();
    warmLoadNs = Math.min(warmLoadNs, ns);
  }
  return { loadNs, warmLoadNs, peakBytes: peak };
}

process.stdout.write(JSON.stringify(await measure()));
