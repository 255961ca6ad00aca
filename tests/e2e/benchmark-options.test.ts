import { describe, expect, test } from 'vitest';
import { readOptions } from '../../benchmarks/options.ts';

describe('options of the benchmarks', () => {
  test.each([
    ['a value is missing', ['--models']],
    ['an option is unknown', ['--speed']],
    ['a name is unknown', ['--sections', 'peers,memory']],
    ['a count is none', ['--threads', '0']],
  ])('%s: a coded error', (_, args) => {
    expect(() => readOptions(args)).toThrow(expect.objectContaining({ code: 'E_CLI_USAGE' }));
  });

  test('without options all standard nets race against the peers', () => {
    expect(readOptions([])).toMatchObject({ zoo: false, sections: ['peers'], threads: 1, files: [] });
    expect(readOptions(['--help'])).toBeUndefined();
  });
});
