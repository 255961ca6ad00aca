export { assignPanels } from './panels.ts';
export * from './plan.ts';
export { assignWinograd } from './winograd.ts';
