export { assignPanels } from './panels.ts';
export * from './plan.ts';
export { assignWindows } from './windows.ts';
export { assignWinograd } from './winograd.ts';
