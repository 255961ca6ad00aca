export * from './parameters.ts';
export * from './quantize.ts';
