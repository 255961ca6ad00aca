import { atStage, type Graph, verify } from '../graph/index.ts';
import { absorbFlatten } from './absorb-flatten.ts';
import { affineConvolution } from './affine-convolution.ts';
import { checkFinite } from './check-finite.ts';
import { checkIndices } from './check-indices.ts';
import { checkScaleAxes } from './check-scale-axes.ts';
import { commonSubexpressions } from './common-subexpressions.ts';
import { decompose } from './decompose.ts';
import { type Pass, type RunOptions, runPasses } from './driver.ts';
import { eliminate } from './eliminate.ts';
import { flushWeights } from './flush-weights.ts';
import { foldAffine } from './fold-affine.ts';
import { foldConstants } from './fold-constants.ts';
import { fuseActivation } from './fuse-activation.ts';
import { fusePad } from './fuse-pad.ts';
import { layout } from './layout.ts';
import { mergeMovement } from './merge-movement.ts';
import { mergeScalars } from './merge-scalars.ts';
import { recognizeActivations } from './recognize-activations.ts';
import { sliceGather } from './slice-gather.ts';
import { widenDepthwise } from './widen-depthwise.ts';

export { type Pass, type RunOptions, runPasses } from './driver.ts';
export { transposeCost } from './layout.ts';

/** Passes that keep every stored integer of a quantised graph as it is. */
export const movementPasses: readonly Pass[] = [
  foldConstants,
  eliminate,
  sliceGather,
  mergeMovement,
  layout,
  absorbFlatten,
  commonSubexpressions,
  fusePad,
  widenDepthwise,
];

/** Passes over real values, in order. */
export const canonicalPasses: readonly Pass[] = [
  foldConstants,
  eliminate,
  sliceGather,
  decompose,
  recognizeActivations,
  mergeMovement,
  layout,
  absorbFlatten,
  commonSubexpressions,
  foldAffine,
  mergeScalars,
  fusePad,
  widenDepthwise,
  fuseActivation,
];

/** Passes over what no other pass changes any more. */
const lastPasses: readonly Pass[] = [affineConvolution, fuseActivation, flushWeights];

/**
 * An imported graph in the form that everything after it expects: channels last without transposes that the source
 * did not have, batch norms and activations fused, constants folded. A quantised graph keeps its stage and numbers;
 * only layout and movement change there.
 * Throws E_MODEL_NAN for weights that are no numbers, E_OP_SHAPE for indices outside, E_GRAPH_INVALID for a graph that
 * breaks an invariant.
 */
export function canonicalize(graph: Graph, options: RunOptions = {}): Graph {
  verify(graph);
  checkFinite(graph);
  checkIndices(graph);
  checkScaleAxes(graph);
  if (graph.stage === 'quantized') return runPasses(graph, movementPasses, options);
  return atStage(runPasses(runPasses(graph, canonicalPasses, options), lastPasses, options), 'canonical');
}
