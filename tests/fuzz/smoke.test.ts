import { expect, test } from 'vitest';
import { attempt } from './judge.ts';
import { corpusOf, mutantOf } from './mutant.ts';

const seed = Number(process.env.EDGEC_SEED ?? 1);
const mutants = 3000;

test(`${mutants} mutated models are accepted or refused with a code (EDGEC_SEED=${seed})`, async () => {
  const corpus = await corpusOf(seed);
  const findings: string[] = [];
  for (let n = 0; n < mutants; n++) {
    const { finding } = await attempt(mutantOf(corpus, seed, n));
    if (finding) findings.push(`npm run fuzz -- --seed ${seed} --only ${n}: ${finding}`);
  }
  expect(findings).toEqual([]);
});
