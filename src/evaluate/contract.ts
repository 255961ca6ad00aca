import { sameShape, type TensorType } from '../core/index.ts';
import type { Dataset, Part } from './dataset.ts';
import type { Contract, Contracts, DataFormat, DatasetSpec, Preprocessing } from './dataset-spec.ts';
import { pictureInput } from './layout.ts';
import type { StoredTensor } from './stored-array.ts';

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
): Preprocessing {
  const agreed: Partial<Contract> = contract?.dtype === dtype ? contract : {};
  const values = valueKeys.some((key) => own[key] !== undefined) ? own : agreed;
  const agreedLayout = agreed.shape && sameShape(agreed.shape, shape) ? agreed.layout : undefined;
  return defined({
    layout: own.layout ?? (format === 'images' ? undefined : agreedLayout),
    resize: own.resize ?? (format === 'images' ? agreed.resize : undefined),
    ...Object.fromEntries(valueKeys.map((key) => [key, values[key]])),
  });
}

const defined = (fields: Preprocessing): Preprocessing =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What a package has to keep of a data set that its inputs were filled from. */
export function contractsOf(dataset: Dataset, ports: readonly InputPort[]): Contracts {
  const sample = dataset.sample(0);
  const partOf = (name: string): Part => (ports.length === 1 ? sample : sample.part(name));
  return Object.fromEntries(ports.map(({ name, type }) => [name, contractOf(partOf(name), type)]));
}

function contractOf({ input, info, where }: Part, { shape }: InputPort['type']): Contract {
  const { format: _, picture, ...preprocessing } = info;
  if (!picture) return { dtype: input.dtype, shape: input.shape, ...preprocessing };
  const { height, width, channels } = pictureInput(shape, where);
  return {
    dtype: input.dtype,
    shape: [height, width, channels],
    layout: 'NHWC',
    resize: { height, width, fit: 'stretch', method: 'bilinear' },
    ...preprocessing,
  };
}
