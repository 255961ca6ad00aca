import type { AttrSpec } from '../define-op.ts';
import { ops } from './index.ts';

const enumName = (attr: string): string => attr[0].toUpperCase() + attr.slice(1);
const member = (value: string): string => `k${value[0].toUpperCase()}${value.slice(1)}`;

function fieldOf(name: string, spec: AttrSpec): string {
  switch (spec.kind) {
    case 'int':
      return `int32_t ${name} = 0;`;
    case 'float':
      return `float ${name} = 0;`;
    case 'bool':
      return `bool ${name} = false;`;
    case 'enum':
      return `enum class ${enumName(name)} : int32_t { ${spec.values.map(member).join(', ')} } ${name}{};`;
    case 'ints':
      return spec.length === undefined
        ? `IntList ${name};`
        : `std::array<int32_t, ${spec.length}> ${name}{};`;
    case 'floats':
      return spec.length === undefined
        ? `FloatList ${name};`
        : `std::array<float, ${spec.length}> ${name}{};`;
  }
}

const decodeOf = (name: string, spec: AttrSpec): string =>
  spec.kind === 'enum' ? `r.Enum(&a->${name}, ${spec.values.length})` : `r.Get(&a->${name})`;

function structOf(name: string, attrs: Readonly<Record<string, AttrSpec>>): string {
  const entries = Object.entries(attrs);
  const fields = entries.map(([n, s]) => `  ${fieldOf(n, s)}\n`).join('');
  const reads = ['true', ...entries.map(([n, s]) => decodeOf(n, s)), 'r.AtEnd()'].join(' &&\n         ');
  const parameter = entries.length > 0 ? `${name}Attrs* a` : `${name}Attrs*`;
  return (
    `struct ${name}Attrs {\n  static constexpr Opcode kOpcode = Opcode::k${name};\n${fields}};\n\n` +
    `inline bool Decode(WordReader r, ${parameter}) {\n  return ${reads};\n}\n`
  );
}

/** The C++ header with the opcodes, the attribute structs and their decoders, out of the registry. */
export function nativeHeader(): string {
  const opcodes = ops.map((op) => `  k${op.name},\n`).join('');
  const storages = ops.map((op) => `    StorageRule::${member(op.storage ?? 'asIs')},\n`).join('');
  const names = ops.map((op) => `    "${op.name}",\n`).join('');
  return `// Generated from src/core/ops by native/generate-op-header.mjs. Do not edit.
#ifndef EDGEC_BASE_OPS_GENERATED_H_
#define EDGEC_BASE_OPS_GENERATED_H_

#include <array>
#include <cstdint>

#include "base/word_reader.h"

namespace edgec {

enum class Opcode : int32_t {
${opcodes}  kCount
};

constexpr const char* kOpNames[] = {
${names}};

// How plans may store the int8 operands of an op: as they are, all alike, each as the plan says.
enum class StorageRule { kAsIs, kSame, kAny };

constexpr StorageRule kOpStorage[] = {
${storages}};

${ops.map((op) => structOf(op.name, op.attrs)).join('\n')}
}  // namespace edgec

#endif  // EDGEC_BASE_OPS_GENERATED_H_
`;
}
