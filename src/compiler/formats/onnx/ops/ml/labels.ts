import { EdgecError } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { Importers, NodeImport } from '../../node-import.ts';
import { classesOf, classNames } from './classes.ts';

/** A sequence of maps is the table that it was made of, with named columns. */
function zipMap(node: NodeImport): ValueId {
  const x = node.input(0);
  const names = classNames(classesOf(node, 'classlabels_int64s', 'classlabels_strings'));
  const columns = node.shape(x).at(-1);
  if (columns !== names.length) {
    throw new EdgecError('E_OP_SHAPE', 'ZipMap has another count of keys than columns', {
      expected: `${columns}`,
      found: `${names.length}`,
    });
  }
  return node.context.nameColumns(node.emit('Reshape', [x], { shape: node.shape(x) }), names);
}

export const labelImporters: Importers = { ZipMap: zipMap };
