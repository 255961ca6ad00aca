import { floatTensor, type MlAttribute, mlModel, uint8Tensor } from '../oracles/onnx-ml.ts';
import { type Malformed, withoutUtf8 } from './malformed.ts';
import { input, node, whole } from './onnx-file.ts';

type Attributes = Record<string, MlAttribute>;

/** Attributes of a sound node, and what builds a model of it. */
type Build = (change: Attributes) => Uint8Array;

const model =
  (op: string, sound: Attributes, outputs: readonly string[] = ['y'], version = 3, width = 2): Build =>
  (change) =>
    mlModel({
      nodes: [{ op, outputs, attributes: { ...sound, ...change } }],
      inputs: { x: { type: 'float', shape: [1, width] } },
      outputs: { y: 'float' },
      version,
    });

/** Models that the damaged ones are made from. */
export const soundMl: Uint8Array[] = [];

function damaged(
  build: Build,
  cases: readonly (readonly [string, Malformed[1], Attributes, string?])[],
): Malformed[] {
  soundMl.push(build({}));
  return cases.map(([name, code, change, names]) => [name, code, build(change), names]);
}

const regressorTrees = model('TreeEnsembleRegressor', {
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
});

const trees = damaged(regressorTrees, [
  ['trees with a cycle', 'E_GRAPH_INVALID', { nodes_falsenodeids: [0, 0, 0] }, 'node 0'],
  [
    'trees with a shared branch',
    'E_GRAPH_INVALID',
    {
      nodes_treeids: [0, 0, 0, 0, 0],
      nodes_nodeids: [0, 1, 2, 3, 4],
      nodes_featureids: [0, 0, 0, 0, 0],
      nodes_modes: { strings: ['BRANCH_LEQ', 'BRANCH_LT', 'LEAF', 'LEAF', 'LEAF'] },
      nodes_values: { floats: [0, 0, 0, 0, 0] },
      nodes_truenodeids: [1, 2, 0, 0, 0],
      nodes_falsenodeids: [1, 3, 0, 0, 0],
    },
    'node 1',
  ],
  [
    'trees without a branch that they name',
    'E_GRAPH_INVALID',
    { nodes_truenodeids: [7, 0, 0] },
    'node 7 of tree 0',
  ],
  ['trees with a branch of −1', 'E_GRAPH_INVALID', { nodes_truenodeids: [-1, 0, 0] }, 'node -1 of tree 0'],
  ['trees without a leaf that they name', 'E_GRAPH_INVALID', { target_nodeids: [1, 9] }, 'node 9 of tree 0'],
  ['trees of two nodes of one id', 'E_GRAPH_INVALID', { nodes_nodeids: [0, 1, 1] }, '0:1'],
  ['trees of a feature beyond the input', 'E_OP_SHAPE', { nodes_featureids: [2, 0, 0] }, '2'],
  ['trees of a negative feature', 'E_OP_SHAPE', { nodes_featureids: [-1, 0, 0] }, '-1'],
  ['trees of a NaN threshold', 'E_MODEL_NAN', { nodes_values: { floats: [Number.NaN, 0, 0] } }, 'NaN'],
  [
    'trees of a NaN weight',
    'E_MODEL_NAN',
    { target_weights: { floats: [1, Number.NaN] } },
    'NaN at element 1',
  ],
  [
    'trees of an unknown mode',
    'E_OP_ATTRIBUTE',
    { nodes_modes: { strings: ['BRANCH_NEAR', 'LEAF', 'LEAF'] } },
    'BRANCH_NEAR',
  ],
  ['trees of too few thresholds', 'E_OP_ATTRIBUTE', { nodes_values: { floats: [0.5] } }, '1'],
  ['trees of too many weights', 'E_OP_ATTRIBUTE', { target_weights: { floats: [1, 2, 3] } }, '3'],
  ['trees of too few tracks of NaN', 'E_OP_ATTRIBUTE', { nodes_missing_value_tracks_true: [1] }, '1'],
  ['trees of a target that is not there', 'E_OP_ATTRIBUTE', { target_ids: [0, 1] }, '1'],
  ['trees of no target', 'E_OP_ATTRIBUTE', { n_targets: { i: 0 } }, '0'],
  ['trees of two thousand million targets', 'E_OP_ATTRIBUTE', { n_targets: { i: 2 ** 31 } }, `${2 ** 31}`],
  ['trees of too many base values', 'E_OP_ATTRIBUTE', { base_values: { floats: [1, 2] } }, '2'],
  ['trees of an unknown transform', 'E_OP_ATTRIBUTE', { post_transform: 'SQUARE' }, 'SQUARE'],
  ['trees of an unknown aggregate', 'E_OP_ATTRIBUTE', { aggregate_function: 'MODE' }, 'MODE'],
  [
    'trees without nodes',
    'E_GRAPH_INVALID',
    {
      nodes_treeids: [],
      nodes_nodeids: [],
      nodes_featureids: [],
      nodes_modes: { strings: [] },
      nodes_values: { floats: [] },
      nodes_truenodeids: [],
      nodes_falsenodeids: [],
    },
  ],
]);

const indexedTrees = model(
  'TreeEnsemble',
  {
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
  },
  ['y'],
  5,
);

const newerTrees = damaged(indexedTrees, [
  ['newer trees without a root that they name', 'E_GRAPH_INVALID', { tree_roots: [3] }, '3'],
  ['newer trees of a root of −1', 'E_GRAPH_INVALID', { tree_roots: [-1] }, '-1'],
  ['newer trees without a leaf that they name', 'E_GRAPH_INVALID', { nodes_truenodeids: [2] }, '2'],
  [
    'newer trees with a cycle',
    'E_GRAPH_INVALID',
    { nodes_falseleafs: [0], nodes_falsenodeids: [0] },
    'node 0',
  ],
  [
    'newer trees without a set that they name',
    'E_GRAPH_INVALID',
    { nodes_modes: { t: uint8Tensor('modes', [6]) } },
    'node 0',
  ],
  [
    'newer trees of an unknown mode',
    'E_OP_ATTRIBUTE',
    { nodes_modes: { t: uint8Tensor('modes', [9]) } },
    '9',
  ],
  ['newer trees of an unknown transform', 'E_OP_ATTRIBUTE', { post_transform: { i: 5 } }, '5'],
  ['newer trees of too few weights', 'E_OP_ATTRIBUTE', { leaf_weights: { t: floatTensor('w', [1]) } }, '1'],
]);

const classes = { classlabels_ints: [0, 1, 2] };
const linear = [
  ...damaged(model('LinearRegressor', { coefficients: { floats: [1, 2] }, intercepts: { floats: [1] } }), [
    [
      'a linear model of too few coefficients',
      'E_OP_ATTRIBUTE',
      { coefficients: { floats: [1] } },
      'LinearRegressor_0',
    ],
    ['a linear model without coefficients', 'E_OP_ATTRIBUTE', { coefficients: { floats: [] } }],
    ['a linear model of other intercepts', 'E_OP_ATTRIBUTE', { intercepts: { floats: [1, 2] } }],
    ['a linear model of no targets', 'E_OP_ATTRIBUTE', { targets: { i: 0 } }],
    ['a linear model of −1 targets', 'E_OP_ATTRIBUTE', { targets: { i: -1 } }],
    ['a linear model of 2^40 targets', 'E_OP_ATTRIBUTE', { targets: { i: 2 ** 40 } }],
    ['a linear model of NaN', 'E_MODEL_NAN', { coefficients: { floats: [1, Number.NaN] } }, 'NaN'],
    ['a linear model of an unknown transform', 'E_OP_ATTRIBUTE', { post_transform: 'CUBE' }, 'CUBE'],
    [
      'a linear model of integers as coefficients',
      'E_OP_ATTRIBUTE',
      { coefficients: [1, 2] },
      'coefficients',
    ],
  ]),
  ...damaged(
    model(
      'LinearClassifier',
      { ...classes, coefficients: { floats: [1, 2, 3, 4, 5, 6] }, intercepts: { floats: [1, 2, 3] } },
      ['y', 'z'],
    ),
    [
      ['a linear classifier without classes', 'E_OP_ATTRIBUTE', { classlabels_ints: [] }],
      [
        'a linear classifier of more classes than coefficients',
        'E_OP_ATTRIBUTE',
        { classlabels_ints: [0, 1, 2, 3] },
      ],
      [
        'a linear classifier of classes of both kinds',
        'E_OP_ATTRIBUTE',
        { classlabels_strings: { strings: ['a', 'b', 'c'] } },
      ],
      ['a linear classifier of a class of 2^40', 'E_OP_UNSUPPORTED', { classlabels_ints: [0, 1, 2 ** 40] }],
    ],
  ),
];

const sound = {
  kernel_type: 'RBF',
  kernel_params: { floats: [0.5, 0, 3] },
  support_vectors: { floats: [0, 1, 1, 0] },
  coefficients: { floats: [1, -1] },
  rho: { floats: [0.1] },
};
const machines = [
  ...damaged(model('SVMRegressor', { ...sound, n_supports: { i: 2 } }), [
    ['a support vector machine of an unknown kernel', 'E_OP_ATTRIBUTE', { kernel_type: 'CUBIC' }, 'CUBIC'],
    [
      'a support vector machine of broken vectors',
      'E_OP_ATTRIBUTE',
      { support_vectors: { floats: [0, 1, 1] } },
      'SVMRegressor_0',
    ],
    ['a support vector machine of too few coefficients', 'E_OP_ATTRIBUTE', { coefficients: { floats: [1] } }],
    ['a support vector machine without rho', 'E_OP_ATTRIBUTE', { rho: { floats: [] } }],
    ['a support vector machine of 2^40 vectors', 'E_OP_ATTRIBUTE', { n_supports: { i: 2 ** 40 } }],
    ['a support vector machine of −1 vectors', 'E_OP_ATTRIBUTE', { n_supports: { i: -1 } }],
    [
      'a support vector machine of NaN',
      'E_MODEL_NAN',
      { support_vectors: { floats: [0, 1, Number.NaN, 0] } },
      'NaN',
    ],
    [
      'a support vector machine of a NaN kernel',
      'E_MODEL_NAN',
      { kernel_params: { floats: [Number.NaN, 0, 3] } },
      'NaN',
    ],
    [
      'a support vector machine of too few kernel parameters',
      'E_OP_ATTRIBUTE',
      { kernel_params: { floats: [0.5] } },
      'kernel_params',
    ],
  ]),
  ...damaged(
    model('SVMClassifier', { ...sound, classlabels_ints: [0, 1], vectors_per_class: [1, 1] }, ['y', 'z']),
    [
      [
        'a vector classifier of other counts',
        'E_OP_ATTRIBUTE',
        { vectors_per_class: [2] },
        'vectors_per_class',
      ],
      [
        'a vector classifier of negative counts',
        'E_OP_ATTRIBUTE',
        { vectors_per_class: [3, -1] },
        'vectors_per_class',
      ],
      [
        'a vector classifier without vectors',
        'E_OP_UNSUPPORTED',
        { vectors_per_class: [0, 0], support_vectors: { floats: [] }, coefficients: { floats: [] } },
        'no support vectors',
      ],
      ['a vector classifier of 2^40 vectors', 'E_OP_ATTRIBUTE', { vectors_per_class: [2 ** 40, 1] }],
      ['a vector classifier of one class', 'E_OP_UNSUPPORTED', { classlabels_ints: [0] }],
      [
        'a vector classifier of too few probabilities',
        'E_OP_ATTRIBUTE',
        { prob_a: { floats: [1, 2] }, prob_b: { floats: [1] } },
        'prob_a',
      ],
      [
        'a vector classifier of half its probabilities',
        'E_OP_ATTRIBUTE',
        { prob_a: { floats: [1] } },
        'prob_b',
      ],
      [
        'a vector classifier of NaN coefficients',
        'E_MODEL_NAN',
        { coefficients: { floats: [Number.NaN, 1] } },
        'NaN',
      ],
    ],
  ),
];

const features = [
  ...damaged(model('Scaler', { offset: { floats: [0, 0] }, scale: { floats: [1, 1] } }), [
    ['a scaler of other columns', 'E_OP_ATTRIBUTE', { scale: { floats: [1, 1, 1] } }, 'scale'],
    ['a scaler of no offsets', 'E_OP_ATTRIBUTE', { offset: { floats: [] } }, 'offset'],
    ['a scaler of NaN', 'E_MODEL_NAN', { offset: { floats: [0, Number.NaN] } }, 'NaN'],
  ]),
  ...damaged(model('Normalizer', { norm: 'L2' }), [
    ['an unknown norm', 'E_OP_ATTRIBUTE', { norm: 'L9' }, 'L9'],
  ]),
  ...damaged(model('Imputer', { imputed_value_floats: { floats: [1, 2] } }), [
    [
      'an imputer of other columns',
      'E_OP_ATTRIBUTE',
      { imputed_value_floats: { floats: [1, 2, 3] } },
      'imputed_value_floats',
    ],
    [
      'an imputer of the other kind',
      'E_OP_ATTRIBUTE',
      { imputed_value_floats: [1, 2] },
      'imputed_value_floats',
    ],
  ]),
  ...damaged(model('Binarizer', {}), [
    ['a threshold that is NaN', 'E_MODEL_NAN', { threshold: { f: Number.NaN } }, 'threshold'],
  ]),
  ...damaged(model('FeatureVectorizer', { inputdimensions: [2] }), [
    ['a vectoriser of other inputs', 'E_OP_ATTRIBUTE', { inputdimensions: [2, 2] }, 'FeatureVectorizer_0'],
    ['a vectoriser of 2^40 columns', 'E_OP_ATTRIBUTE', { inputdimensions: [2 ** 40] }, 'FeatureVectorizer_0'],
    ['a vectoriser of −1 columns', 'E_OP_ATTRIBUTE', { inputdimensions: [-1] }, 'FeatureVectorizer_0'],
  ]),
  ...damaged(model('OneHotEncoder', { cats_int64s: [0, 1] }), [
    ['an encoder without categories', 'E_OP_ATTRIBUTE', { cats_int64s: [] }, 'OneHotEncoder_0'],
    [
      'an encoder of a category of 2^40',
      'E_OP_UNSUPPORTED',
      { cats_int64s: [2 ** 40, 1] },
      'OneHotEncoder_0',
    ],
    [
      'an encoder of strings for numbers',
      'E_TENSOR_DTYPE',
      { cats_strings: { strings: ['a'] }, cats_int64s: [] },
      'OneHotEncoder_0',
    ],
  ]),
  ...damaged(model('LabelEncoder', { keys_floats: { floats: [0, 1] }, values_floats: { floats: [5, 6] } }), [
    [
      'labels of more keys than values',
      'E_OP_ATTRIBUTE',
      { keys_floats: { floats: [0, 1, 2] } },
      '3 keys, 2 values',
    ],
    ['labels without keys', 'E_OP_ATTRIBUTE', { keys_floats: { floats: [] }, values_floats: { floats: [] } }],
    ['labels that are NaN', 'E_MODEL_NAN', { values_floats: { floats: [5, Number.NaN] } }, 'NaN'],
    [
      'labels of strings for numbers',
      'E_TENSOR_DTYPE',
      { keys_strings: { strings: ['a', 'b'] } },
      'LabelEncoder_0',
    ],
  ]),
  ...damaged(model('ZipMap', { classlabels_int64s: [0, 1] }), [
    ['a map of other keys', 'E_OP_SHAPE', { classlabels_int64s: [0, 1, 2] }, 'ZipMap_0'],
    ['a map without keys', 'E_OP_ATTRIBUTE', { classlabels_int64s: [] }, 'ZipMap_0'],
  ]),
];

const picked = (column: number): Uint8Array =>
  node('ArrayFeatureExtractor', [input([1, 4]), whole([column])], {}, { domain: 'ai.onnx.ml' });

export const malformedMl: readonly Malformed[] = [
  ...trees,
  ...newerTrees,
  ...linear,
  ...machines,
  ...features,
  ['a column outside', 'E_OP_SHAPE', picked(4), 'the_node'],
  ['a column of −1', 'E_OP_SHAPE', picked(-1), 'the_node'],
  ['a classical model of the future', 'E_FORMAT_VERSION', model('Normalizer', {}, ['y'], 99)({}), '99'],
  ['a classical model of version −1', 'E_FORMAT_VERSION', model('Normalizer', {}, ['y'], -1)({}), '-1'],
  [
    'a class that is no UTF-8',
    'E_FORMAT_CORRUPT',
    withoutUtf8(model('ZipMap', {})({ classlabels_strings: { strings: ['calm', 'windy'] } }), 'windy'),
  ],
];
