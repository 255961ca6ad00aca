export * from './lower.ts';
