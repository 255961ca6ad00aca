/** Constants of the .edgec container; docs/package-format.md describes it. All numbers are little-endian. */
export const magic = 0x43474445;
export const headerBytes = 16;
export const sectionEntryBytes = 64;
export const alignment = 64;

export const sectionKind = { manifest: 1, graph: 2, data: 3, plan: 4 } as const;

/** Order gives the ids in a plan section. */
export const isas = [
  'any',
  'scalar',
  'x86_avx2',
  'x86_avxvnni',
  'x86_avx512vnni',
  'arm64_neon',
  'arm64_dotprod',
  'arm64_i8mm',
] as const;
export const storages = ['asIs', 'plus128'] as const;

export const alignUp = (n: number): number => Math.ceil(n / alignment) * alignment;
