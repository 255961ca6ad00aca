import { basename } from 'node:path';
import { type CompileOptions, givenInputs, type ReadOptions, readModel, valueOf } from '../compiler/index.ts';
import { calibrationInputs, contractsOf, openDataset } from '../evaluate/index.ts';

export type Calibration = Required<Pick<CompileOptions, 'calibration' | 'preprocessing'>>;

export interface CalibrationRequest extends ReadOptions {
  readonly model: string;
  readonly data: string;
  /** At most so many samples, evenly spread over the data. */
  readonly limit: number;
}

/**
 * Real samples for calibration, and how they were preprocessed. A model of one input takes any data set; one of several
 * takes an .npz with an array for each input by name, samples along the first axis. Throws E_DATA_FORMAT or E_DATA_SHAPE.
 */
export async function openCalibration(request: CalibrationRequest): Promise<Calibration> {
  const dataset = await openDataset(request.data);
  const ports = await inputsOf(request);
  const samples = [...calibrationInputs(dataset, ports, request.limit)];
  return {
    calibration: { samples, description: basename(request.data) },
    preprocessing: contractsOf(dataset, ports),
  };
}

/** How the data of `request` is preprocessed for its model. */
export async function preprocessingOf(request: Omit<CalibrationRequest, 'limit'>) {
  return contractsOf(await openDataset(request.data), await inputsOf(request));
}

async function inputsOf({ model, ...reading }: Pick<CalibrationRequest, 'model' | keyof ReadOptions>) {
  const graph = await readModel(model, reading);
  return givenInputs(graph).map((id) => valueOf(graph, id));
}
