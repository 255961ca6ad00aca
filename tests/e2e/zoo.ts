import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Dataset, type DatasetSpec, openDataset } from '../../src/evaluate/index.ts';

const folder = process.env.EDGEC_ZOO ?? fileURLToPath(new URL('../../../shared/zoo', import.meta.url));

/** Whether the collection of real models is on this machine. */
export const hasZoo = existsSync(join(folder, 'manifest.jsonl'));
if (!hasZoo) process.stderr.write('skipped: real models are missing; set EDGEC_ZOO to their folder\n');

export const zooPath = (path: string): string => join(folder, path);

export interface ZooTensor {
  name: string;
  shape: (number | string)[];
  dtype: string;
}

/** A model, as the zoo's manifest describes it. */
export interface ZooModel {
  path: string;
  format: string;
  precision: string;
  size: number;
  inputs: ZooTensor[];
  outputs: ZooTensor[];
}

/** Every model of the zoo; none where it is missing. */
export function zooModels(): ZooModel[] {
  if (!hasZoo) return [];
  return readFileSync(zooPath('manifest.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ZooModel & { kind: string })
    .filter(({ kind }) => kind === 'model' || kind === 'derived_model');
}

/** The data at `path` of the zoo, read as `spec` says. */
export async function zooDataset(path: string, spec: DatasetSpec = {}): Promise<Dataset> {
  const temporary = mkdtempSync(join(tmpdir(), 'edgec-zoo-'));
  try {
    const file = join(temporary, 'dataset.json');
    writeFileSync(file, JSON.stringify({ ...spec, path: zooPath(path) }));
    return await openDataset(file);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
