import type { Importer, Importers } from '../node-import.ts';
import { attentionImporters } from './attention.ts';
import { constantImporters } from './constants.ts';
import { contribImporters } from './contrib.ts';
import { controlImporters } from './control.ts';
import { convolutionImporters } from './convolution.ts';
import { detectionImporters } from './detection.ts';
import { einsumImporters } from './einsum.ts';
import { elementwiseImporters } from './elementwise.ts';
import { indexingImporters } from './indexing.ts';
import { integerProductImporters } from './integer-products.ts';
import { lossImporters } from './losses.ts';
import { matrixImporters } from './matrix.ts';
import { mlImporters } from './ml/index.ts';
import { movementImporters } from './movement.ts';
import { normalizationImporters } from './normalization.ts';
import { poolingImporters } from './pooling.ts';
import { quantizedImporters } from './quantized.ts';
import { recurrentImporters } from './recurrent.ts';
import { reductionImporters } from './reduction.ts';
import { resizeImporters } from './resize.ts';
import { samplingImporters } from './sampling.ts';
import { spectrumImporters } from './spectrum.ts';

/** Importers by domain; the empty domain is ONNX itself. */
export const importers: Readonly<Record<string, Importers>> = {
  '': {
    ...attentionImporters,
    ...constantImporters,
    ...controlImporters,
    ...convolutionImporters,
    ...detectionImporters,
    ...einsumImporters,
    ...elementwiseImporters,
    ...indexingImporters,
    ...integerProductImporters,
    ...lossImporters,
    ...matrixImporters,
    ...movementImporters,
    ...normalizationImporters,
    ...poolingImporters,
    ...quantizedImporters,
    ...recurrentImporters,
    ...reductionImporters,
    ...resizeImporters,
    ...samplingImporters,
    ...spectrumImporters,
  },
  'ai.onnx.ml': mlImporters,
  'com.microsoft': contribImporters,
};

export function importerOf(domain: string, op: string): Importer | undefined {
  const family = Object.hasOwn(importers, domain) ? importers[domain] : undefined;
  return family && Object.hasOwn(family, op) ? family[op] : undefined;
}
