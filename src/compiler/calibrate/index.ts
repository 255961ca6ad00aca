export * from './calibrate.ts';
