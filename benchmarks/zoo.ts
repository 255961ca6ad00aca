import type { FileSource } from './prepare.ts';

/**
 * Models of the zoo whose path contains one of `parts`, all where there is none. ONNX-ML and models of one operator of
 * `seanet` are no networks; where the zoo is missing, it says so on standard error.
 */
export async function zooSources(parts: readonly string[]): Promise<FileSource[]> {
  const { zooModels, zooPath, zooShapes } = await import('../tests/e2e/zoo.ts');
  return zooModels()
    .filter(({ path }) => !path.startsWith('onnx_ml/') && !path.includes('/seanet/'))
    .filter(({ path }) => parts.length === 0 || parts.some((part) => path.includes(part)))
    .map(({ path }) => ({ name: path, model: zooPath(path), shapes: zooShapes[path] }));
}
