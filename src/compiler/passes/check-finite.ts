import { EdgecError } from '../../core/index.ts';
import type { Graph } from '../graph/index.ts';

/** Throws E_MODEL_NAN for a constant that holds NaN. */
export function checkFinite(graph: Graph): void {
  for (const { name, constant } of graph.values.values()) {
    if (constant?.dtype !== 'float32') continue;
    const data = constant.data as Float32Array;
    for (let i = 0; i < data.length; i++) {
      if (Number.isNaN(data[i])) {
        throw new EdgecError('E_MODEL_NAN', 'a weight of the model is not a number', {
          expected: 'finite weights',
          found: `NaN at element ${i}`,
          where: name,
          remedy: 'export the model again; its training may have diverged',
        });
      }
    }
  }
}
