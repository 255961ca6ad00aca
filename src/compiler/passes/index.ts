import { atStage, type Graph, verify } from '../graph/index.ts';
import { checkFinite } from './check-finite.ts';
import { commonSubexpressions } from './common-subexpressions.ts';
import { divToMul, hardSwish, matMulToFullyConnected } from './decompose.ts';
import { runPasses } from './driver.ts';
import { eliminate } from './eliminate.ts';
import { foldAffine } from './fold-affine.ts';
import { foldConstants } from './fold-constants.ts';
import { fuseActivation } from './fuse-activation.ts';
import { fusePad } from './fuse-pad.ts';
import { flattenTransposed, mergeReshapes, mergeTransposes, sinkTransposes } from './transposes.ts';

const layout = [mergeTransposes, sinkTransposes, mergeReshapes, eliminate, flattenTransposed];

const floatPasses = [
  foldConstants,
  eliminate,
  divToMul,
  matMulToFullyConnected,
  ...layout,
  commonSubexpressions,
  foldAffine,
  hardSwish,
  fuseActivation,
  fusePad,
];

/** Passes that keep the bits of a graph with int8 types. */
const quantizedPasses = [eliminate, ...layout, commonSubexpressions, fusePad];

/** An imported graph in canonical form; a quantised one keeps its stage and its bits. */
export function canonicalize(graph: Graph): Graph {
  verify(graph);
  checkFinite(graph);
  if (graph.stage === 'quantized') return runPasses(graph, quantizedPasses);
  return atStage(runPasses(graph, floatPasses), 'canonical');
}
