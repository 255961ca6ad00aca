export { assignPanels } from './panels.ts';
export * from './plan.ts';
