// Writes the seed packages of the fuzzers as files. Usage: node write-corpus.mjs <folder> [seed]
import { bundle } from './bundle.mjs';

await import(`${await bundle('write-corpus')}/write-corpus.js`);
