import { expect, test } from 'vitest';
import { parseGraph, printGraph } from './index.ts';

const text = `graph "net" canonical text
input %0 "x" float32[1,4,4,2]
const %1 "w" float32[2,1,1,2] = [1,-2.5,3,4e-7]
%2 "y" float32[1,2,2,2] = Conv2d "conv" (%0, %1, _) {strides=[2,2] clampMin=0} from "Conv:conv"
%3 "a" float32[1,2,2,1], %4 "split:1" float32[1,2,2,1] = Split "split" (%2) {axis=3 sizes=[1,1]}
output %4, %3
`;

test('text that was printed parses to the same text', () => {
  expect(printGraph(parseGraph(text))).toBe(text);
});

test('seeded constants are the same each time', () => {
  const seeded = text.replace('[1,-2.5,3,4e-7]', 'seed(3)');
  expect(printGraph(parseGraph(seeded))).toBe(printGraph(parseGraph(seeded)));
});

test.each([
  ['a line that is no node', 'graph "g" canonical text\n%0 "y"'],
  ['a reader before its maker', text.replace('(%2)', '(%7)')],
  ['another shape than inferred', text.replace('"y" float32[1,2,2,2]', '"y" float32[1,2,2,3]')],
  ['an attribute that the op lacks', text.replace('strides', 'strydes')],
])('refuses %s', (_, wrong) => {
  expect(() => parseGraph(wrong)).toThrow();
});
