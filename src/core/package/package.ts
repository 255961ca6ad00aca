import type { Attrs } from '../define-op.ts';
import type { Tensor, TensorType } from '../tensor.ts';
import type { Panels } from './panels.ts';
import type { Windows } from './windows.ts';
import type { WinogradSide } from './winograd.ts';

/** Version of the container and of its sections that this code writes. */
export const packageVersion = 1;
/** Name of the integer semantics in docs/numerics.md. */
export const numericsId = 'edgec-int8-v1';

export interface PackageValue {
  readonly name: string;
  readonly type: TensorType;
  readonly constant?: Tensor;
  /** How the elements of a constant are stored: in panels, in windows, or row-major where both are left out. */
  readonly panels?: Panels;
  readonly windows?: Windows;
  /** The weights of a 3×3 convolution that is filtered in squares of this side. Those of float are also stored transformed. */
  readonly winograd?: WinogradSide;
}

export interface PackageNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (number | undefined)[];
  readonly outputs: readonly number[];
  readonly attrs: Attrs;
  readonly origin: readonly string[];
}

/** The target-free network of a package: values by index, nodes in the order of execution. */
export interface PackageGraph {
  readonly values: readonly PackageValue[];
  readonly nodes: readonly PackageNode[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** How the bytes of an int8 value are stored by the engine: as they are, or plus 128. */
export type Storage = 'asIs' | 'plus128';

/** Where a value lives in the arena. `halo` is [top, left, bottom, right] in pixels, filled with `fill`. */
export interface BufferPlan {
  readonly value: number;
  readonly offset: number;
  readonly bytes: number;
  readonly storage: Storage;
  readonly halo: readonly [number, number, number, number];
  readonly fill: number;
}

/** Memory and schedule of one way to run a package. `isa` is 'any' or a dispatch name. */
export interface Plan {
  readonly isa: string;
  readonly threads: number;
  readonly keepAll: boolean;
  readonly arenaBytes: number;
  readonly buffers: readonly BufferPlan[];
}

/** A value that is kept between runs: what `output` holds after one is `input` of the next. Ports by name. */
export interface PackageState {
  readonly input: string;
  readonly output: string;
  /** The stored element that fills the input of the first run. */
  readonly initial: number;
}

/** Facts about a package in JSON. */
export interface Manifest {
  readonly name: string;
  readonly numerics: string;
  readonly precision: 'int8' | 'float32' | 'mixed';
  readonly target: string;
  readonly edgec: string;
  readonly source: { readonly file: string; readonly format: string; readonly sha256: string };
  readonly calibration?: { readonly samples: number; readonly data: string; readonly observer: string };
  /** Nodes that stay in float, which puts the model outside the promise of equal bits. */
  readonly floatIslands: readonly string[];
  readonly notes: readonly string[];
  readonly macs: number;
  readonly states?: readonly PackageState[];
  readonly preprocessing?: Readonly<Record<string, unknown>>;
  /** By input or output: the strings that its integers are indices into. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** By output: what the columns of its last axis are called. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

export interface Package {
  readonly manifest: Manifest;
  readonly graph: PackageGraph;
  readonly plans: readonly Plan[];
}
