import {
  type Attrs,
  EdgecError,
  elementOffsets,
  position,
  sliceOffsets,
  type Tensor,
  type TensorType,
} from '../../core/index.ts';
import { type Graph, operandConstants, operandTypes } from '../graph/index.ts';

type Visit = (x: TensorType, indices: Tensor, attrs: Attrs) => void;

const elements: Visit = ({ shape }, indices, { axis }) => void elementOffsets(indices, shape, axis as number);
const slices: Visit = ({ shape }, indices, { batchDims = 0 }) =>
  void sliceOffsets(indices, shape, batchDims as number);

/** How ops use their operand 1. */
const visits: Readonly<Record<string, Visit>> = {
  Gather: ({ shape }, { data }, { axis }) => {
    for (const index of data as Int32Array) position(index, shape[axis as number]);
  },
  GatherElements: elements,
  GatherND: slices,
  ScatterElements: elements,
  ScatterND: slices,
};

/** Throws E_OP_SHAPE, naming the node, where an index that is known now lies outside of its axis. */
export function checkIndices(graph: Graph): void {
  for (const node of graph.nodes) {
    const visit = visits[node.op];
    const indices = operandConstants(graph, node)[1];
    if (!visit || indices?.dtype !== 'int32') continue;
    try {
      visit(operandTypes(graph, node)[0] as TensorType, indices, node.attrs);
    } catch (error) {
      if (!(error instanceof EdgecError)) throw error;
      throw new EdgecError(
        'E_OP_SHAPE',
        error.message,
        { ...error.detail, where: node.name },
        { cause: error },
      );
    }
  }
}
