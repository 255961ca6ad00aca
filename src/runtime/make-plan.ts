import { encodePlan, type PackageValue, planMemory, readPackage } from '../core/index.ts';

/** A plan for a package that brings none that fits, and the values of the package. Throws E_PACKAGE_CORRUPT or E_PACKAGE_VERSION. */
export function makePlan(
  bytes: Uint8Array,
  keepAll: boolean,
): { plan: Int32Array; values: readonly PackageValue[] } {
  const { graph } = readPackage(bytes);
  return { plan: encodePlan(planMemory(graph, { keepAll })), values: graph.values };
}
