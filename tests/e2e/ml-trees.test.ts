import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import type { Random } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { type ForestOptions, indexedForest, randomForest, randomRows } from '../oracles/ml-forest.ts';
import { doubleTensor, type MlAttribute, mlModel } from '../oracles/onnx-ml.ts';
import { expectOrt } from './ml-oracle.ts';

const seed = Number(process.env.EDGEC_SEED ?? 1);
const features = 6;
const rows = 37;
/** In ONNX Runtime's order. */
const transforms = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'];
const comparisons = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'];
const share = (random: Random): number => random.uniform(0, 0.2);

const input = (count = rows, odd = true) => ({
  x: { data: randomRows(seed + 1, count, features, odd), shape: [count, features] },
});

const classifier = (
  options: Partial<ForestOptions>,
  labels: readonly number[],
  more: Record<string, MlAttribute>,
): Uint8Array =>
  mlModel({
    nodes: [
      {
        op: 'TreeEnsembleClassifier',
        outputs: ['label', 'scores'],
        attributes: {
          ...randomForest(seed, {
            trees: 9,
            depth: 4,
            features,
            targets: labels.length,
            prefix: 'class',
            ...options,
          }),
          classlabels_int64s: labels,
          ...more,
        },
      },
    ],
    inputs: { x: { type: 'float', shape: ['n', features] } },
    outputs: { label: 'int64', scores: 'float' },
  });

const regressor = (options: Partial<ForestOptions>, more: Record<string, MlAttribute>): Uint8Array =>
  mlModel({
    nodes: [
      {
        op: 'TreeEnsembleRegressor',
        outputs: ['y'],
        attributes: {
          ...randomForest(seed, { trees: 9, depth: 4, features, targets: 1, prefix: 'target', ...options }),
          n_targets: { i: options.targets ?? 1 },
          ...more,
        },
      },
    ],
    inputs: { x: { type: 'float', shape: ['n', features] } },
    outputs: { y: 'float' },
  });

describe(`tree ensembles agree with ONNX Runtime (EDGEC_SEED=${seed})`, () => {
  test.each(comparisons)('%s, NaN tracked and not', async (mode) => {
    for (const missing of [false, true])
      await expectOrt(regressor({ modes: [mode], missing }, { n_targets: { i: 1 } }), input());
  });

  test('all comparisons in one tree', async () => {
    await expectOrt(regressor({ modes: comparisons, missing: true, depth: 6 }, {}), input());
  });

  test.each(['SUM', 'AVERAGE', 'MIN', 'MAX'])('regressor with %s', async (aggregate_function) => {
    for (const post_transform of transforms) {
      const weight = post_transform === 'PROBIT' ? share : undefined;
      for (const targets of [1, 3]) {
        const base = { floats: Array.from({ length: targets }, (_, i) => 0.1 * i) };
        const more = { aggregate_function, post_transform, base_values: base };
        await expectOrt(regressor({ targets, dense: true, weight }, more), input());
        await expectOrt(
          regressor({ targets, dense: true, weight }, { aggregate_function, post_transform }),
          input(1),
        );
      }
    }
  });

  test.each(transforms)('classifier of several classes with %s', async (post_transform) => {
    const weight = post_transform === 'PROBIT' ? share : undefined;
    for (const dense of [true, false]) {
      await expectOrt(classifier({ dense, weight }, [0, 1, 2], { post_transform }), input());
      const base_values = { floats: [0.05, 0.1, 0.15, 0.01] };
      await expectOrt(classifier({ dense, weight }, [5, -3, 9, 2], { post_transform, base_values }), input());
    }
  });

  test.each(transforms)('classifier of two classes with %s', async (post_transform) => {
    for (const scored of [[0], [1], [0, 1]]) {
      for (const base of [[], [0.02], [0.02, 0.03]]) {
        // ONNX Runtime leaves the second score unwritten here.
        if (post_transform === 'PROBIT' && scored.join() === '0' && base.length < 2) continue;
        for (const weight of post_transform === 'PROBIT' ? [share] : [share, undefined]) {
          const base_values = { floats: base };
          const more = { post_transform, ...(base.length > 0 && { base_values }) };
          await expectOrt(classifier({ dense: true, scored, weight }, [4, 7], more), input());
        }
      }
    }
  });

  test('classifier of two classes, of which a row may score one alone', async () => {
    for (const post_transform of ['NONE', 'LOGISTIC', 'SOFTMAX'])
      await expectOrt(classifier({ trees: 2 }, [0, 1], { post_transform }), input());
  });

  test('classifier of one class', async () => {
    await expectOrt(classifier({}, [3], {}), input());
  });

  test('a row of one feature and a tree of one leaf', async () => {
    await expectOrt(regressor({ depth: 0, trees: 2 }, {}), input(1));
  });

  const indexed = (
    forestSeed: number,
    options: ForestOptions,
    more: Record<string, MlAttribute>,
  ): Uint8Array =>
    mlModel({
      nodes: [
        {
          op: 'TreeEnsemble',
          outputs: ['y'],
          attributes: {
            ...indexedForest(forestSeed, randomForest(forestSeed, options)),
            n_targets: { i: options.targets },
            ...more,
          },
        },
      ],
      inputs: { x: { type: 'float', shape: ['n', features] } },
      outputs: { y: 'float' },
      version: 5,
    });

  const options = { trees: 9, depth: 4, features, prefix: 'target', missing: true } as const;

  test.each(['AVERAGE', 'SUM', 'MIN', 'MAX'])('TreeEnsemble of opset 5 with %s', async (aggregate) => {
    const aggregate_function = { i: ['AVERAGE', 'SUM', 'MIN', 'MAX'].indexOf(aggregate) };
    for (const [id, transform] of transforms.entries()) {
      for (const targets of [1, 3]) {
        const weight = transform === 'PROBIT' ? share : undefined;
        const forest = { ...options, targets, modes: comparisons, weight, dense: targets === 1 };
        const more = { post_transform: { i: id }, aggregate_function };
        await expectOrt(indexed(seed + id, forest, more), input());
      }
    }
  });

  test('TreeEnsemble of opset 5 with sets, on integers', async () => {
    const model = indexed(seed, { ...options, targets: 1, modes: ['BRANCH_MEMBER', 'BRANCH_LT'] }, {});
    const { x } = input(rows, false);
    await expectOrt(model, {
      x: { ...x, data: x.data.map((v, i) => (i % 9 === 0 ? Number.NaN : Math.round(v))) },
    });
  });

  test('double thresholds are met by single rows as by double ones', async () => {
    const { nodes_values, target_weights, ...forest } = randomForest(seed, {
      trees: 9,
      depth: 4,
      features,
      targets: 1,
      prefix: 'target',
    }) as Record<string, { floats: number[] }>;
    const attributes = {
      ...forest,
      nodes_values_as_tensor: {
        t: doubleTensor(
          'v',
          nodes_values.floats.map((v) => v + 1e-12),
        ),
      },
      target_weights_as_tensor: { t: doubleTensor('w', target_weights.floats) },
      n_targets: { i: 1 },
    };
    const model = mlModel({
      nodes: [{ op: 'TreeEnsembleRegressor', outputs: ['y'], attributes }],
      inputs: { x: { type: 'double', shape: ['n', features] } },
      outputs: { y: 'float' },
    });
    await expectOrt(model, input(), (rows) => Float64Array.from(rows as Float32Array));
  });

  test('labels that are strings', async () => {
    const forest = randomForest(seed, { trees: 5, depth: 3, features, targets: 3, prefix: 'class' });
    const strings = ['setosa', 'versicolor', 'virginica'];
    const model = mlModel({
      nodes: [
        {
          op: 'TreeEnsembleClassifier',
          outputs: ['label', 'scores'],
          attributes: { ...forest, classlabels_strings: { strings } },
        },
        {
          op: 'ZipMap',
          inputs: ['scores'],
          outputs: ['maps'],
          attributes: { classlabels_strings: { strings } },
        },
      ],
      inputs: { x: { type: 'float', shape: ['n', features] } },
      outputs: { label: 'string', maps: undefined },
    });
    const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
    const { x } = input();
    const { label } = await session.run({ x: new OrtTensor('float32', x.data, x.shape) }, ['label']);
    const compiled = await compileModel({
      model,
      precision: 'float32',
      target: { name: 'host' },
      shapes: { x: x.shape },
    });
    const ours = await loadModel(compiled.package);
    const found = ours.runSync({ x: x.data });
    const [{ labels }, { columns }] = ours.outputs;
    expect(Array.from(found.label.data as Int32Array, (i) => labels?.[i])).toEqual([...label.data]);
    expect(columns).toEqual(strings);
    expect(found.maps.shape).toEqual([rows, 3]);
    ours.dispose();
  });

  test('int8 of trees says that there is nothing to quantise', async () => {
    const { manifest } = await compileModel({
      model: classifier({}, [0, 1, 2], { post_transform: 'SOFTMAX' }),
      precision: 'int8',
      target: { name: 'host' },
    });
    expect(manifest.precision).toBe('float32');
    expect(manifest.notes.join()).toContain('nothing to quantise');
  });
});
