import { localPass } from './driver.ts';
import { numberAttr } from './graph-view.ts';

/** Clip after an op that can clamp by itself becomes its bounds. */
export const fuseActivation = localPass('fuse-activation', (node, view) => {
  if (node.op !== 'Clip') return undefined;
  const [x] = node.inputs as [number];
  const maker = view.producer(x);
  if (!maker || !('clampMin' in maker.attrs) || !view.hasOneReader(x) || view.type(x).dtype !== 'float32')
    return undefined;
  const [low, high] = [numberAttr(node.attrs, 'min'), numberAttr(node.attrs, 'max')];
  const within = (v: number): number => Math.min(Math.max(v, low), high);
  const clampMin = within(numberAttr(maker.attrs, 'clampMin'));
  const clampMax = within(numberAttr(maker.attrs, 'clampMax'));
  const patch = view.patch('fuse-activation', maker, node);
  patch.replace(
    node.outputs[0],
    patch.add(maker.op, maker.inputs, { ...maker.attrs, clampMin, clampMax }, maker.name)[0],
  );
  return patch.build();
});
