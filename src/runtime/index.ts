export { type LoadOptions, loadModel } from './load.ts';
export type { MachinePeaks } from './native.ts';
export { hostIsa, hostTarget, machinePeaks, nativeIsas } from './native-session.ts';
export { seededInputs } from './seeded-inputs.ts';
export type { NodeProfile, PortInfo, Session } from './session.ts';
export { zeroInputs } from './zero-inputs.ts';
