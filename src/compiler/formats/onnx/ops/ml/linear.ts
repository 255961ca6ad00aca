import { EdgecError, tensor } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { Importers, NodeImport } from '../../node-import.ts';
import { bestClass, bothScores, isAbove } from './class-scores.ts';
import { classesOf, classNames, labelled } from './classes.ts';
import { postTransformOf, transformScores } from './post-transform.ts';
import { realRows } from './rows.ts';

/**
 * x · coefficientsᵀ + intercepts: [N, targets]. As in ONNX Runtime coefficients that are too many are left over.
 * Throws E_OP_ATTRIBUTE for too few of them, or another count of intercepts.
 */
function linearScores(node: NodeImport, targets: number): ValueId {
  const x = realRows(node, node.input(0));
  const features = node.shape(x)[1];
  const coefficients = node.attrs.floats('coefficients');
  const intercepts = node.attrs.floats('intercepts', []);
  const count = targets * features;
  const fits = count > 0 && coefficients.length >= count && [0, targets].includes(intercepts.length);
  if (!fits) {
    throw new EdgecError('E_OP_ATTRIBUTE', `coefficients of ${node.op} do not fit its input`, {
      expected: `${targets} × ${features} coefficients and ${targets} intercepts`,
      found: `${coefficients.length} and ${intercepts.length}`,
    });
  }
  if (coefficients.length > count)
    node.context.notes.add(`${node.name}: ${count} of ${coefficients.length} coefficients are used`);
  const weight = node.addConstant(tensor('float32', [targets, features], coefficients.slice(0, count)));
  if (intercepts.length === 0) return node.emit('FullyConnected', [x, weight]);
  return node.emit('FullyConnected', [x, weight, node.addConstant(tensor('float32', [targets], intercepts))]);
}

function regressor(node: NodeImport): ValueId {
  return transformScores(node, linearScores(node, node.attrs.int('targets', 1)), postTransformOf(node));
}

/** Two classes with one row of coefficients are decided by its sign. */
function classifier(node: NodeImport): ValueId[] {
  const classes = classesOf(node, 'classlabels_ints', 'classlabels_strings');
  const count = classNames(classes).length;
  const transform = postTransformOf(node);
  const isSingle = count === 2 && node.attrs.floats('intercepts', []).length === 1;
  const scores = linearScores(node, isSingle ? 1 : count);
  if (!isSingle) return bestClass(node, scores, scores, classes, transform);
  return [labelled(node, isAbove(node, scores, 0), classes), bothScores(node, scores, transform, true)];
}

export const linearImporters: Importers = { LinearClassifier: classifier, LinearRegressor: regressor };
