import { defineConfig } from 'vitest/config';

/** Tables over every model of the zoo: minutes, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ['tests/zoo/**/*.zoo.ts'],
    testTimeout: 1_200_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
