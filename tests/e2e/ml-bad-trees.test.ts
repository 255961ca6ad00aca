import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { floatTensor, type MlAttribute, mlModel, uint8Tensor } from '../oracles/onnx-ml.ts';

type Attributes = Record<string, MlAttribute>;

const split: Attributes = {
  nodes_treeids: [0, 0, 0],
  nodes_nodeids: [0, 1, 2],
  nodes_featureids: [1, 0, 0],
  nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
  nodes_values: { floats: [0.5, 0, 0] },
  nodes_truenodeids: [1, 0, 0],
  nodes_falsenodeids: [2, 0, 0],
  target_treeids: [0, 0],
  target_nodeids: [1, 2],
  target_ids: [0, 0],
  target_weights: { floats: [1, 2] },
  n_targets: { i: 1 },
};

const indexed: Attributes = {
  nodes_splits: { t: floatTensor('splits', [0]) },
  nodes_modes: { t: uint8Tensor('modes', [0]) },
  nodes_featureids: [0],
  nodes_truenodeids: [0],
  nodes_trueleafs: [1],
  nodes_falsenodeids: [1],
  nodes_falseleafs: [1],
  tree_roots: [0],
  leaf_targetids: [0, 0],
  leaf_weights: { t: floatTensor('weights', [10, 20]) },
  n_targets: { i: 1 },
};

const compile = (op: string, attributes: Attributes) =>
  compileModel({
    model: mlModel({
      nodes: [{ op, outputs: ['y'], attributes }],
      inputs: { x: { type: 'float', shape: [1, 2] } },
      outputs: { y: 'float' },
      version: op === 'TreeEnsemble' ? 5 : 3,
    }),
    precision: 'float32',
    target: { name: 'host' },
  });

const cases: readonly (readonly [name: string, change: Attributes, code: string, found: string])[] = [
  ['a cycle', { nodes_falsenodeids: [0, 0, 0] }, 'E_GRAPH_INVALID', 'node 0'],
  [
    'a shared branch',
    {
      nodes_treeids: [0, 0, 0, 0, 0],
      nodes_nodeids: [0, 1, 2, 3, 4],
      nodes_featureids: [0, 0, 0, 0, 0],
      nodes_modes: { strings: ['BRANCH_LEQ', 'BRANCH_LT', 'LEAF', 'LEAF', 'LEAF'] },
      nodes_values: { floats: [0, 0, 0, 0, 0] },
      nodes_truenodeids: [1, 2, 0, 0, 0],
      nodes_falsenodeids: [1, 3, 0, 0, 0],
    },
    'E_GRAPH_INVALID',
    'node 1',
  ],
  ['a branch that is missing', { nodes_truenodeids: [7, 0, 0] }, 'E_GRAPH_INVALID', 'node 7 of tree 0'],
  ['a leaf that is missing', { target_nodeids: [1, 9] }, 'E_GRAPH_INVALID', 'node 9 of tree 0'],
  ['two nodes of one id', { nodes_nodeids: [0, 1, 1] }, 'E_GRAPH_INVALID', '0:1'],
  ['a feature beyond the input', { nodes_featureids: [2, 0, 0] }, 'E_OP_SHAPE', '2'],
  ['a negative feature', { nodes_featureids: [-1, 0, 0] }, 'E_OP_SHAPE', '-1'],
  ['a NaN threshold', { nodes_values: { floats: [Number.NaN, 0, 0] } }, 'E_MODEL_NAN', 'NaN'],
  ['a NaN weight', { target_weights: { floats: [1, Number.NaN] } }, 'E_MODEL_NAN', 'NaN at element 1'],
  [
    'an unknown mode',
    { nodes_modes: { strings: ['BRANCH_NEAR', 'LEAF', 'LEAF'] } },
    'E_OP_ATTRIBUTE',
    'BRANCH_NEAR',
  ],
  ['too few thresholds', { nodes_values: { floats: [0.5] } }, 'E_OP_ATTRIBUTE', '1'],
  ['too many weights', { target_weights: { floats: [1, 2, 3] } }, 'E_OP_ATTRIBUTE', '3'],
  ['too few tracks of NaN', { nodes_missing_value_tracks_true: [1] }, 'E_OP_ATTRIBUTE', '1'],
  ['a target that is not there', { target_ids: [0, 1] }, 'E_OP_ATTRIBUTE', '1'],
  ['no target', { n_targets: { i: 0 } }, 'E_OP_ATTRIBUTE', '0'],
  ['two thousand million targets', { n_targets: { i: 2 ** 31 } }, 'E_OP_ATTRIBUTE', `${2 ** 31}`],
  ['too many base values', { base_values: { floats: [1, 2] } }, 'E_OP_ATTRIBUTE', '2'],
  ['an unknown transform', { post_transform: 'SQUARE' }, 'E_OP_ATTRIBUTE', 'SQUARE'],
  ['an unknown aggregate', { aggregate_function: 'MODE' }, 'E_OP_ATTRIBUTE', 'MODE'],
];

const indexedCases: typeof cases = [
  ['a root that is missing', { tree_roots: [3] }, 'E_GRAPH_INVALID', '3'],
  ['a leaf that is missing', { nodes_truenodeids: [2] }, 'E_GRAPH_INVALID', '2'],
  ['a cycle', { nodes_falseleafs: [0], nodes_falsenodeids: [0] }, 'E_GRAPH_INVALID', 'node 0'],
  ['a set that is missing', { nodes_modes: { t: uint8Tensor('modes', [6]) } }, 'E_GRAPH_INVALID', 'node 0'],
  ['an unknown mode', { nodes_modes: { t: uint8Tensor('modes', [9]) } }, 'E_OP_ATTRIBUTE', '9'],
  ['an unknown transform', { post_transform: { i: 5 } }, 'E_OP_ATTRIBUTE', '5'],
  ['too few weights', { leaf_weights: { t: floatTensor('w', [1]) } }, 'E_OP_ATTRIBUTE', '1'],
];

describe('damaged trees are refused with their place', () => {
  test.each(cases)('%s', async (_, change, code, found) => {
    await expect(compile('TreeEnsembleRegressor', { ...split, ...change })).rejects.toMatchObject({
      code,
      detail: { found },
    });
  });
  test.each(indexedCases)('opset 5: %s', async (_, change, code, found) => {
    await expect(compile('TreeEnsemble', { ...indexed, ...change })).rejects.toMatchObject({
      code,
      detail: { found },
    });
  });
  test('the sound ones are not', async () => {
    await compile('TreeEnsembleRegressor', split);
    await compile('TreeEnsemble', indexed);
  });
});
