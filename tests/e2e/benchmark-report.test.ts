import { describe, expect, test } from 'vitest';
import { regressions } from '../../benchmarks/regressions.ts';
import { html } from '../../benchmarks/report/html.ts';
import { markdown } from '../../benchmarks/report/markdown.ts';
import { type Results, shareOfPeak } from '../../benchmarks/results.ts';

/** Results of one model that edgec runs in 10 µs and ONNX Runtime in the given times. */
function results(minNs: number, medianNs: number): Results {
  const footprint = { loadNs: 1e6, warmLoadNs: 5e5, growthBytes: 2 ** 20 };
  return {
    cpu: 'a <fast> CPU',
    node: 'v20',
    peers: { 'onnxruntime-node': '1' },
    peaks: { int8: 2e11, float32: 5e10, bytes: 1e11 },
    addonBytes: 2 ** 20,
    threadTimes: [],
    instructionTimes: [],
    leftOut: [],
    contests: [
      {
        model: 'kws',
        precision: 'int8',
        threads: 1,
        packageBytes: 2048,
        weightBytes: 1024,
        arenaBytes: 1024,
        races: [
          [
            { name: 'edgec', minNs: 1e4, medianNs: 1e4, bursts: 9 },
            { name: 'ort', minNs, medianNs, bursts: 9 },
          ],
        ],
        absent: {},
        ortOps: { QLinearConv: 3, MatMul: 1, QuantizeLinear: 1 },
        footprints: { edgec: footprint, ort: footprint },
        layers: [{ node: 'conv', op: 'QConv2d', kernel: 'k', latencyNs: 1e4, macs: 1e6, bytes: 1e4 }],
      },
    ],
  };
}

describe('regression gate', () => {
  const before = results(3e4, 4e4);

  test('noise below the tolerance, and one bad statistic of two, are no regression', () => {
    expect(regressions(before, results(2.8e4, 3.8e4), 0.1)).toEqual({ compared: 1, worse: [] });
    expect(regressions(before, results(3e4, 2e4), 0.1).worse).toEqual([]);
  });

  test('a ratio that fell is reported with both values', () => {
    expect(regressions(before, results(2e4, 2e4), 0.1).worse).toEqual([
      { model: 'kws', precision: 'int8', threads: 1, peer: 'ort', before: 4, after: 2 },
    ]);
  });

  test('models that only one run has are not compared', () => {
    expect(regressions({ ...before, contests: [] }, before, 0.1)).toEqual({ compared: 0, worse: [] });
  });
});

describe('report', () => {
  test('tells ratios, share of the peak and what the peer ran', () => {
    const [text, page] = [markdown(results(3e4, 4e4)), html(results(3e4, 4e4))];
    for (const cell of ['50.0 %', '3 + 1'])
      expect([text, page]).toEqual([expect.stringContaining(cell), expect.stringContaining(cell)]);
    expect(text).toContain('3.00 \\| 4.00');
    expect(shareOfPeak(results(1, 1).contests[0], results(1, 1).peaks)).toBe(0.5);
  });

  test('tells threads, instruction sets and models left out where there are such', () => {
    const of = (medianNs: number) => ({ name: 'edgec', minNs: medianNs, medianNs, bursts: 9 });
    const text = markdown({
      ...results(3e4, 4e4),
      threadTimes: [
        {
          model: 'kws',
          precision: 'int8',
          undisturbed: { 1: of(1000), 2: of(500), auto: of(400) },
          disturbed: { 1: of(1000), 2: of(1100), auto: of(1200) },
        },
      ],
      instructionTimes: [
        {
          model: 'kws',
          isa: 'x86_avx2',
          bestIsa: 'x86_avx512vnni',
          int8: of(1000),
          float32: of(3000),
          sameBytes: true,
        },
      ],
      leftOut: [{ model: 'net.onnx', reason: 'a custom op' }],
    });
    for (const cell of ['2.00', '2.50', '1.10', '1.20', '3.00', 'equal to x86_avx512vnni', 'a custom op'])
      expect(text).toContain(cell);
    expect(markdown(results(3e4, 4e4))).not.toMatch(/Threads|Instruction sets|Left out/);
  });

  test('the page is complete in itself', () => {
    const page = html(results(3e4, 4e4));
    expect(page).toContain('<svg');
    expect(page).toContain('a &lt;fast> CPU');
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
  });
});
