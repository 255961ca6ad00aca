import type { Importers } from '../../node-import.ts';
import { labelImporters } from './labels.ts';
import { treeImporters } from './trees.ts';

/** Importers of the domain ai.onnx.ml. */
export const mlImporters: Importers = { ...labelImporters, ...treeImporters };
