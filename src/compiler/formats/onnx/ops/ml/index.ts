import type { Importers } from '../../node-import.ts';
import { featureImporters } from './features.ts';
import { labelImporters } from './labels.ts';
import { linearImporters } from './linear.ts';
import { svmImporters } from './svm.ts';
import { treeImporters } from './trees.ts';

/** Importers of the domain ai.onnx.ml. */
export const mlImporters: Importers = {
  ...featureImporters,
  ...labelImporters,
  ...linearImporters,
  ...svmImporters,
  ...treeImporters,
};
