import { encode } from 'flatbuffers/js/flexbuffers.js';
import { describe, expect, test } from 'vitest';
import { numbersOfMap } from '../../src/compiler/formats/tflite/flexbuffer.ts';
import { ModelWriter } from '../../src/compiler/formats/tflite/write/model-writer.ts';
import { compileModel } from '../../src/compiler/index.ts';
import { f32, type QuantParams, Random, type Tensor, type TensorType, tensor } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { type Case, modelOf, type Value } from '../oracles/onnx-node.ts';
import { OrtOracle } from '../oracles/ort.ts';
import { TfliteOracle } from '../oracles/tflite.ts';

const random = new Random(11);
const target = { name: 'host' };

type Data = Float32Array | Uint8Array;

/** Results of a model in their order, by both executors, which have to agree. */
async function resultsOf(model: Uint8Array, inputs: readonly Data[]): Promise<number[][]> {
  const { package: bytes } = await compileModel({ model, precision: 'float32', target });
  const runs = await Promise.all(
    (['native', 'reference'] as const).map(async (executor) => {
      const session = await loadModel(bytes, { executor });
      const made = session.runSync(
        Object.fromEntries(session.inputs.map(({ name }, i) => [name, inputs[i]])),
      );
      const values = session.outputs.map(({ name }) => Array.from(made[name].data, Number));
      session.dispose();
      return values;
    }),
  );
  runs[0].forEach((values, k) => {
    values.forEach((v, i) => expect(v).toBeCloseTo(runs[1][k][i], 5));
  });
  return runs[0];
}

const reals = (shape: number[], draw: () => number): Value => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, draw),
});
const single = (value: number): Value => reals([], () => value);
const count = (value: bigint): Value => ({ dtype: 'int64', shape: [], data: BigInt64Array.of(value) });

interface Sizes {
  images: number;
  classes: number;
  boxes: number;
}

const suppression = (
  { images, classes, boxes }: Sizes,
  constants: (Value | undefined)[],
  opset = 11,
  centers = 0,
): Case => ({
  op: 'NonMaxSuppression',
  opset,
  attributes: { center_point_box: centers },
  inputs: [
    reals([images, boxes, 4], () => random.uniform(0, 1)),
    reals([images, classes, boxes], () => random.uniform(0, 1)),
  ],
  constants,
  output: { dtype: 'int64', shape: [-1, 3] },
});

const one = { images: 1, classes: 1, boxes: 20 };
const some = { images: 2, classes: 3, boxes: 25 };

const suppressions: Record<string, readonly [sample: Case, rows: number]> = {
  'of one class': [suppression(one, [count(6n), single(0.4)]), 6],
  'of images and classes': [suppression(some, [count(9n), single(0.3), single(0.5)]), 54],
  'of centers': [suppression(some, [count(9n), single(0.2), single(0.1)], 11, 1), 54],
  'without overlaps, of opset 10': [suppression(one, [count(6n)], 10), 6],
  'of as many boxes as there are': [
    suppression(some, [count(2n ** 63n - 1n), single(0.5), single(0.6)]),
    150,
  ],
  'of a threshold that no score passes': [suppression(some, [count(9n), single(0.3), single(2)]), 54],
  'with scores alone': [suppression(some, [count(5n), undefined, single(0.4)]), 30],
};

describe('boxes that NonMaxSuppression selects are those of ONNX Runtime, and −1 behind them', () => {
  test.each(Object.entries(suppressions))('%s', async (_, [sample, rows]) => {
    const model = modelOf(sample);
    const [found] = await resultsOf(
      model,
      sample.inputs.map(({ data }) => data as Float32Array),
    );
    const oracle = await OrtOracle.open(model);
    const fed = Object.fromEntries(sample.inputs.map(({ data, shape }, i) => [`x${i}`, { data, shape }]));
    const expected = Array.from((await oracle.run(fed)).get('y') ?? [], Number);
    await oracle.close();
    expect(found).toEqual([...expected, ...new Array<number>(rows * 3 - expected.length).fill(-1)]);
  });

  test('a count that is computed is refused', async () => {
    const sample = suppression(one, []);
    const model = modelOf({ ...sample, inputs: [...sample.inputs, count(3n)] });
    await expect(compileModel({ model, precision: 'float32', target })).rejects.toMatchObject({
      code: 'E_OP_UNSUPPORTED',
      detail: { expected: 'a constant', found: expect.stringContaining('max_output_boxes_per_class') },
    });
  });
});

const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
const int = (...shape: number[]): TensorType => ({ dtype: 'int32', shape });

interface TfliteCase {
  slots: number;
  thresholds: number[];
  boxes: number;
  scored: boolean;
}

function suppressionFile({ slots, thresholds, boxes, scored }: TfliteCase): Uint8Array {
  const writer = new ModelWriter(false);
  const fed = [writer.tensor('boxes', float(boxes, 4)), writer.tensor('scores', float(boxes))];
  const constant = (name: string, t: Tensor): number => writer.tensor(name, { dtype: t.dtype, shape: [] }, t);
  const held = [
    constant('slots', tensor('int32', [], [slots])),
    ...[...thresholds, ...(scored ? [0] : [])].map((v, i) => constant(`t${i}`, tensor('float32', [], [v]))),
  ];
  const made = [
    writer.tensor('selected', int(slots)),
    ...(scored ? [writer.tensor('kept', float(slots))] : []),
    writer.tensor('count', int()),
  ];
  writer.operator(scored ? 'NON_MAX_SUPPRESSION_V5' : 'NON_MAX_SUPPRESSION_V4', 1, [...fed, ...held], made);
  return writer.finish('boxes', fed, made);
}

const single3: readonly TfliteCase[] = [
  { slots: 5, thresholds: [0.4, 0.2], boxes: 20, scored: false },
  { slots: 12, thresholds: [0.3, 0.5], boxes: 20, scored: true },
  { slots: 9, thresholds: [1, 0.8], boxes: 6, scored: true },
];

describe('NON_MAX_SUPPRESSION gives what TFLite gives', () => {
  test.each(single3)('%o', async (sample) => {
    const model = suppressionFile(sample);
    const corners = Array.from({ length: sample.boxes }, () => {
      const [y, x] = [random.uniform(0, 0.6), random.uniform(0, 0.6)];
      return [y, x, y + random.uniform(0.1, 0.4), x + random.uniform(0.1, 0.4)];
    });
    const inputs = [
      Float32Array.from(corners.flat()),
      Float32Array.from({ length: sample.boxes }, () => random.uniform(0, 1)),
    ];
    const expected = (await TfliteOracle.open(model)).run(inputs).map(({ data }) => Array.from(data));
    expect(await resultsOf(model, inputs)).toEqual(expected);
  });
});

interface Detection {
  anchors: number;
  /** Scores of a box, the background among them. */
  scores: number;
  quant?: QuantParams[];
  options: Record<string, number | boolean>;
}

const scales = { y_scale: 10.5, x_scale: 9.5, h_scale: 5.5, w_scale: 4.5 };
/** Reals are of 32 bits: the encoder writes no map of two widths. */
const detection = (options: Detection['options'], rest: Partial<Detection> = {}): Detection => ({
  anchors: 60,
  scores: 4,
  ...rest,
  options: {
    ...scales,
    num_classes: 3,
    nms_score_threshold: f32(0.3),
    nms_iou_threshold: f32(0.55),
    ...options,
  },
});

const detections: Record<string, Detection> = {
  'the best class of each box': detection({ max_detections: 10, max_classes_per_detection: 1 }),
  'the two best classes of each box': detection({ max_detections: 6, max_classes_per_detection: 2 }),
  'no background': detection({ max_detections: 6, max_classes_per_detection: 1, num_classes: 4 }),
  'more detections than boxes': detection(
    { max_detections: 12, max_classes_per_detection: 1, nms_score_threshold: -1e8 },
    { anchors: 8 },
  ),
  'each class on its own': detection({
    max_detections: 10,
    max_classes_per_detection: 1,
    detections_per_class: 5,
    use_regular_nms: true,
  }),
  'each class on its own, few': detection(
    {
      max_detections: 20,
      max_classes_per_detection: 1,
      detections_per_class: 100,
      use_regular_nms: true,
      nms_score_threshold: f32(0.8),
    },
    { anchors: 7 },
  ),
  'uint8 boxes and scores': detection(
    { max_detections: 10, max_classes_per_detection: 1 },
    {
      quant: [
        { scale: [f32(0.05)], zeroPoint: [-3] },
        { scale: [f32(1 / 256)], zeroPoint: [-128] },
        { scale: [f32(1 / 256)], zeroPoint: [-128] },
      ],
    },
  ),
};

function detectionFile({ anchors, scores, quant, options }: Detection): Uint8Array {
  const writer = new ModelWriter(true);
  const type = (i: number, shape: number[]): TensorType =>
    quant ? { dtype: 'int8', shape, quant: quant[i] } : float(...shape);
  const fed = [
    writer.tensor('boxes', type(0, [1, anchors, 4])),
    writer.tensor('scores', type(1, [1, anchors, scores])),
  ];
  const place = Array.from({ length: anchors * 4 }, (_, i) =>
    i % 4 < 2 ? random.uniform(0.2, 0.8) : random.uniform(0.1, 0.4),
  );
  const anchorType = type(2, [anchors, 4]);
  const stored = quant ? place.map((v) => v * 256 - 128) : place;
  const held = writer.tensor('anchors', anchorType, tensor(anchorType.dtype, [anchors, 4], stored));
  const slots = Number(options.max_detections) * Number(options.max_classes_per_detection);
  const made = [float(1, slots, 4), float(1, slots), float(1, slots), float(1)].map((t, i) =>
    writer.tensor(`y${i}`, t),
  );
  writer.custom('TFLite_Detection_PostProcess', [...fed, held], made, encode(options));
  return writer.finish('detection', fed, made);
}

describe('TFLite_Detection_PostProcess gives what TFLite gives', () => {
  test.each(Object.entries(detections))('%s', async (_, sample) => {
    const model = detectionFile(sample);
    // Of equal scores TFLite takes any first: bytes are all different.
    const draw = (length: number, real: () => number): Data =>
      sample.quant
        ? Uint8Array.from({ length }, (_, i) => (i * 101 + 17) % 251)
        : Float32Array.from({ length }, real);
    const inputs = [
      draw(sample.anchors * 4, () => random.normal()),
      draw(sample.anchors * sample.scores, () => random.uniform(0, 1)),
    ];
    const expected = (await TfliteOracle.open(model)).run(inputs).map(({ data }) => Array.from(data));
    const found = await resultsOf(model, inputs);
    const rows = expected[3][0] * Number(sample.options.max_classes_per_detection);
    expect(rows).toBeGreaterThan(0);
    expect(found[3]).toEqual(expected[3]);
    found.slice(0, 3).forEach((values, k) => {
      const width = k === 0 ? 4 : 1;
      values.forEach((v, i) => {
        expect(v).toBeCloseTo(i < rows * width ? expected[k][i] : 0, 5);
      });
    });
  });
});

describe('options of custom operators', () => {
  const sound = encode({ a: 1, b: -2.5, c: true, list: [1, 2], far: 123456789 });

  test('are the numbers of their map', () => {
    expect([...numbersOfMap(sound)]).toEqual([
      ['a', 1],
      ['b', -2.5],
      ['c', 1],
      ['far', 123456789],
    ]);
  });

  test('are refused where they are damaged, or read', () => {
    for (let at = 0; at < sound.length; at++)
      for (const value of [0, 1, 0x7f, 0xff]) {
        const damaged = Uint8Array.from(sound);
        damaged[at] = value;
        for (const bytes of [damaged, sound.subarray(0, at), sound.subarray(at)]) {
          try {
            numbersOfMap(bytes);
          } catch (error) {
            expect(error).toMatchObject({ code: 'E_FORMAT_CORRUPT' });
          }
        }
      }
  });
});
