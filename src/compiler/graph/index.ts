export * from './builder.ts';
export * from './graph.ts';
export * from './patch.ts';
export * from './verify.ts';
