// Feeds mutated models to the readers, passes, loader and executors (CONTRIBUTING.md has the options). Needs the addon.
// Usage: node tests/fuzz/run.mjs [--seed s] [--count n] [--from n] [--only n] [--seconds s]
import { bundle } from './bundle.mjs';

await import(`${await bundle('main', 'worker')}/main.js`);
