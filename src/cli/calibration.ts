import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type CalibrationSample,
  type CompileOptions,
  readModel,
  type Value,
  valueOf,
} from '../compiler/index.ts';
import { EdgecError, elementCount } from '../core/index.ts';
import {
  calibrationInputs,
  openDataset,
  readNpz,
  type StoredTensor,
  spreadIndexes,
} from '../evaluate/index.ts';

export type Calibration = Required<Pick<CompileOptions, 'calibration'>> &
  Pick<CompileOptions, 'preprocessing'>;

export interface CalibrationRequest {
  readonly model: string;
  readonly data: string;
  readonly shapes?: Record<string, number[]>;
  /** At most so many samples, evenly spread over the data. */
  readonly limit: number;
}

/**
 * Real samples for calibration. A model of one input takes any data set; one of several takes an .npz with an array
 * for each input by name, samples along the first axis. Throws E_DATA_FORMAT or E_DATA_SHAPE.
 */
export async function openCalibration(request: CalibrationRequest): Promise<Calibration> {
  const graph = await readModel(request.model, { shapes: request.shapes });
  const inputs = graph.inputs.map((id) => valueOf(graph, id));
  const description = basename(request.data);
  if (inputs.length !== 1)
    return { calibration: { samples: await namedSamples(inputs, request), description } };
  const dataset = await openDataset(request.data);
  const samples = Array.from(calibrationInputs(dataset, inputs[0].type, request.limit), (values) => [values]);
  return { calibration: { samples, description }, preprocessing: { ...dataset.info } };
}

async function namedSamples(
  inputs: readonly Value[],
  { data, limit }: CalibrationRequest,
): Promise<CalibrationSample[]> {
  const arrays = data.endsWith('.npz')
    ? readNpz(await readFile(data), data)
    : new Map<string, StoredTensor>();
  const columns = inputs.map(({ name, type }) => {
    const array = arrays.get(name);
    const size = elementCount(type.shape);
    if (!array || array.data.length === 0 || array.data.length % size !== 0) {
      throw new EdgecError('E_DATA_SHAPE', 'the data has no samples for an input', {
        expected: `an array '${name}' of [samples, ${type.shape}] in an .npz file`,
        found: array ? `[${array.shape}]` : [...arrays.keys()].join(', ') || 'no .npz file',
        where: data,
        remedy: 'save one array for each input, named as `edgec inspect` shows',
      });
    }
    const convert = type.dtype === 'float32' ? Float32Array : Int32Array;
    const at = (i: number) => convert.from(Array.from(array.data.subarray(i * size, (i + 1) * size), Number));
    return { count: array.data.length / size, at };
  });
  const count = Math.min(...columns.map((c) => c.count));
  return spreadIndexes(count, limit).map((i) => columns.map((c) => c.at(i)));
}
