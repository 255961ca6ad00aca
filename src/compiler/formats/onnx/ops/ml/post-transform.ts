import { EdgecError } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { NodeImport } from '../../node-import.ts';

export const postTransforms = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'] as const;
export type PostTransform = (typeof postTransforms)[number];

/** The transform that TreeEnsemble-5 gives by its id, in ONNX Runtime's order. */
export function postTransformById(node: NodeImport): PostTransform {
  const id = node.attrs.int('post_transform', 0);
  const found = postTransforms[id];
  if (!found) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'post_transform of TreeEnsemble is unknown', {
      expected: `0 to ${postTransforms.length - 1}`,
      found: `${id}`,
    });
  }
  if (id === 1 || id === 2)
    node.context.notes.add(
      `post_transform ${id} is ${found} as in ONNX Runtime; the text of ONNX swaps 1 and 2`,
    );
  return found;
}

export function postTransformOf(node: NodeImport): PostTransform {
  const name = node.attrs.string('post_transform', 'NONE');
  const found = postTransforms.find((p) => p === name);
  if (found) return found;
  throw new EdgecError('E_OP_ATTRIBUTE', `post_transform of ${node.op} is unknown`, {
    expected: postTransforms.join(', '),
    found: name,
  });
}

/** Softmax in which scores of 0 stay 0 and do not count. */
function softmaxZero(node: NodeImport, x: ValueId): ValueId {
  const axes = { axes: [1], keepDims: true };
  const peak = node.emit('ReduceMax', [x], axes);
  const counts = node.emit('Greater', [node.emit('Abs', [x]), node.scalar(1e-7)]);
  const powers = node.emit('Exp', [node.emit('Sub', [x, peak])]);
  const counted = node.emit('Where', [counts, powers, node.scalar(0)]);
  const sum = node.emit('ReduceSum', [counted], axes);
  const faded = node.emit('Mul', [x, node.emit('Exp', [node.emit('Neg', [peak])])]);
  return node.emit('Div', [node.emit('Where', [counts, powers, faded]), sum]);
}

/** Scores [N, C] after a transform. As in ONNX Runtime a single score knows no transform but PROBIT. */
export function transformScores(node: NodeImport, scores: ValueId, transform: PostTransform): ValueId {
  if (transform === 'PROBIT') return node.emit('Probit', [scores]);
  if (node.shape(scores)[1] === 1) return scores;
  switch (transform) {
    case 'LOGISTIC':
      return node.emit('Sigmoid', [scores]);
    case 'SOFTMAX':
      return node.emit('Softmax', [scores], { axis: 1 });
    case 'SOFTMAX_ZERO':
      return softmaxZero(node, scores);
    default:
      return scores;
  }
}
