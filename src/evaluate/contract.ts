import { sameShape, type TensorType } from '../core/index.ts';
import type { Dataset, DatasetInfo, Part } from './dataset.ts';
import type { Contract, Contracts, DataFormat, DatasetSpec, Preprocessing } from './dataset-spec.ts';
import { pictureInput } from './layout.ts';
import type { StoredDType, StoredTensor } from './stored-array.ts';

/** An input of a model. */
export interface InputPort {
  readonly name: string;
  readonly type: Pick<TensorType, 'dtype' | 'shape' | 'quant'>;
}

/** The preprocessing of a description; the shape of pictures is the size to scale them to. */
export function impliedResize(spec: DatasetSpec): Preprocessing {
  const [height, width] = spec.shape ?? [];
  if (spec.resize || spec.format !== 'images' || width === undefined) return spec;
  return { ...spec, resize: { height, width, fit: 'stretch', method: 'bilinear' } };
}

const valueKeys = ['scale', 'zeroPoint', 'mean', 'std'] as const;

/** What a description says itself, else the contract where the stored values are of its dtype. */
export function effective(
  own: Preprocessing,
  contract: Contract | undefined,
  { dtype, shape }: Pick<StoredTensor, 'dtype' | 'shape'>,
  format: DataFormat,
): DatasetInfo {
  const agreed: Partial<Contract> | undefined = contract?.dtype === dtype ? contract : undefined;
  const says = valueKeys.some((key) => own[key] !== undefined);
  const values = says ? own : agreed;
  const picture = format === 'images';
  const sameStored = agreed?.shape !== undefined && sameShape(agreed.shape, shape);
  const preprocessing: Preprocessing = {
    layout: own.layout ?? (sameStored && !picture ? agreed?.layout : undefined),
    resize: own.resize ?? (picture ? agreed?.resize : undefined),
    ...Object.fromEntries(valueKeys.map((key) => [key, values?.[key]])),
  };
  const given = Object.entries(preprocessing).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), format, picture, described: values !== undefined };
}

/** What a package has to keep of a data set that its inputs were filled from. */
export function contractsOf(dataset: Dataset, ports: readonly InputPort[]): Contracts {
  const sample = dataset.sample(0);
  const partOf = (name: string): Part => (ports.length === 1 ? sample : sample.part(name));
  return Object.fromEntries(ports.map(({ name, type }) => [name, contractOf(partOf(name), type)]));
}

function contractOf({ input, info, where }: Part, type: InputPort['type']): Contract {
  const { format: _, picture, described: __, ...preprocessing } = describedBy(info, input.dtype, type);
  if (!picture) return { dtype: input.dtype, shape: input.shape, ...preprocessing };
  const { height, width, channels } = pictureInput(type.shape, where);
  return {
    dtype: input.dtype,
    shape: [height, width, channels],
    layout: 'NHWC',
    resize: { height, width, fit: 'stretch', method: 'bilinear' },
    ...preprocessing,
  };
}

/**
 * What stored values mean where nobody says: 8-bit ones for a quantised 8-bit input are those of that input, its int8 being
 * its uint8 less 128. Other values are real as they are.
 */
export function describedBy(
  info: DatasetInfo,
  stored: StoredDType,
  { dtype, quant }: InputPort['type'],
): DatasetInfo {
  if (info.described || quant?.scale.length !== 1 || !isByte(stored) || !isByte(dtype)) return info;
  const shift = (stored === 'uint8' ? 128 : 0) - (dtype === 'uint8' ? 128 : 0);
  return { ...info, scale: quant.scale[0], zeroPoint: quant.zeroPoint[0] + shift };
}

const isByte = (dtype: StoredDType): boolean => dtype === 'int8' || dtype === 'uint8';
