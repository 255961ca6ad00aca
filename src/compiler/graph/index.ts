export * from './builder.ts';
export * from './graph.ts';
export * from './interpret.ts';
export * from './patch.ts';
export * from './text.ts';
export * from './verify.ts';
