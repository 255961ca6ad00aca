import type { PackageHead, PackagePort } from '../core/loading.ts';
import type { PortInfo } from './session.ts';

/** A port with what the manifest says of its labels and columns. */
export function namedPort({ name, type }: PackagePort, manifest: PackageHead['manifest']): PortInfo {
  const [labels, columns] = [manifest.labels?.[name], manifest.columns?.[name]];
  return { name, type, ...(labels && { labels }), ...(columns && { columns }) };
}
