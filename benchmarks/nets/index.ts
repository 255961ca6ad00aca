import type { Graph } from 'edgec/compiler';
import { mobilenetV1, mobilenetV2, squeezenet } from './mobile.ts';
import { resnet } from './resnet.ts';
import { autoencoder, keywordSpotting, resnet8 } from './tiny.ts';
import { transformer } from './transformer.ts';

/** The standard nets by name, small ones first. Each is generated from a seed. */
export const nets: Readonly<Record<string, (seed: number) => Graph>> = {
  ad: autoencoder,
  kws: keywordSpotting,
  vww: mobilenetV1('vww', 96, 0.25, 2),
  resnet8,
  transformer,
  mobilenetv1: mobilenetV1('mobilenetv1', 224, 1, 1000),
  mobilenetv2: mobilenetV2,
  squeezenet,
  resnet18: resnet('resnet18', [2, 2, 2, 2], false),
  resnet50: resnet('resnet50', [3, 4, 6, 3], true),
};
