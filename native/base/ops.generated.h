// Generated from src/core/ops by native/generate-op-header.mjs. Do not edit.
#ifndef EDGEC_BASE_OPS_GENERATED_H_
#define EDGEC_BASE_OPS_GENERATED_H_

#include <array>
#include <cstdint>

#include "base/word_reader.h"

namespace edgec {

enum class Opcode : int32_t {
  kConv2d,
  kQConv2d,
  kDepthwiseConv2d,
  kQDepthwiseConv2d,
  kTransposeConv2d,
  kQTransposeConv2d,
  kFullyConnected,
  kQFullyConnected,
  kMatMul,
  kQMatMul,
  kAdd,
  kSub,
  kQAdd,
  kMul,
  kQMul,
  kDiv,
  kMin,
  kMax,
  kPow,
  kEqual,
  kGreater,
  kLess,
  kAnd,
  kOr,
  kNot,
  kWhere,
  kPRelu,
  kQPRelu,
  kSoftmax,
  kLogSoftmax,
  kQSoftmax,
  kMaxPool2d,
  kAveragePool2d,
  kQAveragePool2d,
  kReduceMean,
  kReduceSum,
  kReduceMax,
  kReduceMin,
  kReduceProd,
  kQReduceMean,
  kConcat,
  kSplit,
  kSlice,
  kPad,
  kReshape,
  kTranspose,
  kExpand,
  kTile,
  kResize,
  kQResizeBilinear,
  kDepthToSpace,
  kSpaceToDepth,
  kGather,
  kArgMax,
  kArgMin,
  kCast,
  kLRN,
  kQuantize,
  kDequantize,
  kRequantize,
  kRecode,
  kTable,
  kNeg,
  kAbs,
  kSqrt,
  kRsqrt,
  kReciprocal,
  kExp,
  kLog,
  kFloor,
  kCeil,
  kRound,
  kErf,
  kSin,
  kCos,
  kSign,
  kSigmoid,
  kTanh,
  kHardSwish,
  kSoftplus,
  kClip,
  kLeakyRelu,
  kHardSigmoid,
  kElu,
  kGelu,
  kTan,
  kAsin,
  kAcos,
  kAtan,
  kSinh,
  kCosh,
  kAsinh,
  kAcosh,
  kAtanh,
  kFloorMod,
  kTruncateMod,
  kGatherElements,
  kGatherND,
  kScatterElements,
  kScatterND,
  kTopK,
  kCumSum,
  kTreeEnsemble,
  kProbit,
  kQConv2dInt16,
  kQTransposeConv2dInt16,
  kQAddInt16,
  kQScale,
  kRecurrent,
  kLookup,
  kSquaredDistance,
  kPairwiseCoupling,
  kNonMaxSuppression,
  kGridSample,
  kQuantizeInt16,
  kRoiAlign,
  kCount
};

constexpr const char* kOpNames[] = {
    "Conv2d",
    "QConv2d",
    "DepthwiseConv2d",
    "QDepthwiseConv2d",
    "TransposeConv2d",
    "QTransposeConv2d",
    "FullyConnected",
    "QFullyConnected",
    "MatMul",
    "QMatMul",
    "Add",
    "Sub",
    "QAdd",
    "Mul",
    "QMul",
    "Div",
    "Min",
    "Max",
    "Pow",
    "Equal",
    "Greater",
    "Less",
    "And",
    "Or",
    "Not",
    "Where",
    "PRelu",
    "QPRelu",
    "Softmax",
    "LogSoftmax",
    "QSoftmax",
    "MaxPool2d",
    "AveragePool2d",
    "QAveragePool2d",
    "ReduceMean",
    "ReduceSum",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "QReduceMean",
    "Concat",
    "Split",
    "Slice",
    "Pad",
    "Reshape",
    "Transpose",
    "Expand",
    "Tile",
    "Resize",
    "QResizeBilinear",
    "DepthToSpace",
    "SpaceToDepth",
    "Gather",
    "ArgMax",
    "ArgMin",
    "Cast",
    "LRN",
    "Quantize",
    "Dequantize",
    "Requantize",
    "Recode",
    "Table",
    "Neg",
    "Abs",
    "Sqrt",
    "Rsqrt",
    "Reciprocal",
    "Exp",
    "Log",
    "Floor",
    "Ceil",
    "Round",
    "Erf",
    "Sin",
    "Cos",
    "Sign",
    "Sigmoid",
    "Tanh",
    "HardSwish",
    "Softplus",
    "Clip",
    "LeakyRelu",
    "HardSigmoid",
    "Elu",
    "Gelu",
    "Tan",
    "Asin",
    "Acos",
    "Atan",
    "Sinh",
    "Cosh",
    "Asinh",
    "Acosh",
    "Atanh",
    "FloorMod",
    "TruncateMod",
    "GatherElements",
    "GatherND",
    "ScatterElements",
    "ScatterND",
    "TopK",
    "CumSum",
    "TreeEnsemble",
    "Probit",
    "QConv2dInt16",
    "QTransposeConv2dInt16",
    "QAddInt16",
    "QScale",
    "Recurrent",
    "Lookup",
    "SquaredDistance",
    "PairwiseCoupling",
    "NonMaxSuppression",
    "GridSample",
    "QuantizeInt16",
    "RoiAlign",
};

// How plans may store the int8 operands of an op: as they are, all alike, each as the plan says.
enum class StorageRule { kAsIs, kSame, kAny };

constexpr StorageRule kOpStorage[] = {
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAny,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kSame,
    StorageRule::kSame,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
    StorageRule::kAsIs,
};

struct Conv2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kConv2d;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  int32_t group = 0;
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, Conv2dAttrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->group) &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct QConv2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kQConv2d;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  int32_t group = 0;
  int32_t inputZeroPoint = 0;
  int32_t weightZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QConv2dAttrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->group) &&
         r.Get(&a->inputZeroPoint) &&
         r.Get(&a->weightZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct DepthwiseConv2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kDepthwiseConv2d;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, DepthwiseConv2dAttrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct QDepthwiseConv2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kQDepthwiseConv2d;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  int32_t inputZeroPoint = 0;
  int32_t weightZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QDepthwiseConv2dAttrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->inputZeroPoint) &&
         r.Get(&a->weightZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct TransposeConv2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kTransposeConv2d;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  std::array<int32_t, 2> outputPads{};
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, TransposeConv2dAttrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->outputPads) &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct QTransposeConv2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kQTransposeConv2d;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  std::array<int32_t, 2> outputPads{};
  int32_t inputZeroPoint = 0;
  int32_t weightZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QTransposeConv2dAttrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->outputPads) &&
         r.Get(&a->inputZeroPoint) &&
         r.Get(&a->weightZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct FullyConnectedAttrs {
  static constexpr Opcode kOpcode = Opcode::kFullyConnected;
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, FullyConnectedAttrs* a) {
  return true &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct QFullyConnectedAttrs {
  static constexpr Opcode kOpcode = Opcode::kQFullyConnected;
  int32_t inputZeroPoint = 0;
  int32_t weightZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QFullyConnectedAttrs* a) {
  return true &&
         r.Get(&a->inputZeroPoint) &&
         r.Get(&a->weightZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct MatMulAttrs {
  static constexpr Opcode kOpcode = Opcode::kMatMul;
};

inline bool Decode(WordReader r, MatMulAttrs*) {
  return true &&
         r.AtEnd();
}

struct QMatMulAttrs {
  static constexpr Opcode kOpcode = Opcode::kQMatMul;
  int32_t aZeroPoint = 0;
  int32_t bZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  float multiplier = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QMatMulAttrs* a) {
  return true &&
         r.Get(&a->aZeroPoint) &&
         r.Get(&a->bZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->multiplier) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct AddAttrs {
  static constexpr Opcode kOpcode = Opcode::kAdd;
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, AddAttrs* a) {
  return true &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct SubAttrs {
  static constexpr Opcode kOpcode = Opcode::kSub;
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, SubAttrs* a) {
  return true &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct QAddAttrs {
  static constexpr Opcode kOpcode = Opcode::kQAdd;
  int32_t aZeroPoint = 0;
  int32_t bZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  int32_t aMultiplier = 0;
  int32_t bMultiplier = 0;
  int32_t shift = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QAddAttrs* a) {
  return true &&
         r.Get(&a->aZeroPoint) &&
         r.Get(&a->bZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->aMultiplier) &&
         r.Get(&a->bMultiplier) &&
         r.Get(&a->shift) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct MulAttrs {
  static constexpr Opcode kOpcode = Opcode::kMul;
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, MulAttrs* a) {
  return true &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct QMulAttrs {
  static constexpr Opcode kOpcode = Opcode::kQMul;
  int32_t aZeroPoint = 0;
  int32_t bZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  float multiplier = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QMulAttrs* a) {
  return true &&
         r.Get(&a->aZeroPoint) &&
         r.Get(&a->bZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->multiplier) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct DivAttrs {
  static constexpr Opcode kOpcode = Opcode::kDiv;
};

inline bool Decode(WordReader r, DivAttrs*) {
  return true &&
         r.AtEnd();
}

struct MinAttrs {
  static constexpr Opcode kOpcode = Opcode::kMin;
};

inline bool Decode(WordReader r, MinAttrs*) {
  return true &&
         r.AtEnd();
}

struct MaxAttrs {
  static constexpr Opcode kOpcode = Opcode::kMax;
};

inline bool Decode(WordReader r, MaxAttrs*) {
  return true &&
         r.AtEnd();
}

struct PowAttrs {
  static constexpr Opcode kOpcode = Opcode::kPow;
};

inline bool Decode(WordReader r, PowAttrs*) {
  return true &&
         r.AtEnd();
}

struct EqualAttrs {
  static constexpr Opcode kOpcode = Opcode::kEqual;
};

inline bool Decode(WordReader r, EqualAttrs*) {
  return true &&
         r.AtEnd();
}

struct GreaterAttrs {
  static constexpr Opcode kOpcode = Opcode::kGreater;
};

inline bool Decode(WordReader r, GreaterAttrs*) {
  return true &&
         r.AtEnd();
}

struct LessAttrs {
  static constexpr Opcode kOpcode = Opcode::kLess;
};

inline bool Decode(WordReader r, LessAttrs*) {
  return true &&
         r.AtEnd();
}

struct AndAttrs {
  static constexpr Opcode kOpcode = Opcode::kAnd;
};

inline bool Decode(WordReader r, AndAttrs*) {
  return true &&
         r.AtEnd();
}

struct OrAttrs {
  static constexpr Opcode kOpcode = Opcode::kOr;
};

inline bool Decode(WordReader r, OrAttrs*) {
  return true &&
         r.AtEnd();
}

struct NotAttrs {
  static constexpr Opcode kOpcode = Opcode::kNot;
};

inline bool Decode(WordReader r, NotAttrs*) {
  return true &&
         r.AtEnd();
}

struct WhereAttrs {
  static constexpr Opcode kOpcode = Opcode::kWhere;
};

inline bool Decode(WordReader r, WhereAttrs*) {
  return true &&
         r.AtEnd();
}

struct PReluAttrs {
  static constexpr Opcode kOpcode = Opcode::kPRelu;
};

inline bool Decode(WordReader r, PReluAttrs*) {
  return true &&
         r.AtEnd();
}

struct QPReluAttrs {
  static constexpr Opcode kOpcode = Opcode::kQPRelu;
  int32_t inputZeroPoint = 0;
  int32_t slopeZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  float positiveMultiplier = 0;
  float negativeMultiplier = 0;
};

inline bool Decode(WordReader r, QPReluAttrs* a) {
  return true &&
         r.Get(&a->inputZeroPoint) &&
         r.Get(&a->slopeZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->positiveMultiplier) &&
         r.Get(&a->negativeMultiplier) &&
         r.AtEnd();
}

struct SoftmaxAttrs {
  static constexpr Opcode kOpcode = Opcode::kSoftmax;
  int32_t axis = 0;
  float beta = 0;
};

inline bool Decode(WordReader r, SoftmaxAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Get(&a->beta) &&
         r.AtEnd();
}

struct LogSoftmaxAttrs {
  static constexpr Opcode kOpcode = Opcode::kLogSoftmax;
  int32_t axis = 0;
  float beta = 0;
};

inline bool Decode(WordReader r, LogSoftmaxAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Get(&a->beta) &&
         r.AtEnd();
}

struct QSoftmaxAttrs {
  static constexpr Opcode kOpcode = Opcode::kQSoftmax;
};

inline bool Decode(WordReader r, QSoftmaxAttrs*) {
  return true &&
         r.AtEnd();
}

struct MaxPool2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kMaxPool2d;
  std::array<int32_t, 2> kernel{};
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  bool ceilMode = false;
  std::array<int32_t, 2> dilations{};
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, MaxPool2dAttrs* a) {
  return true &&
         r.Get(&a->kernel) &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->ceilMode) &&
         r.Get(&a->dilations) &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct AveragePool2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kAveragePool2d;
  std::array<int32_t, 2> kernel{};
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  bool ceilMode = false;
  bool countIncludePad = false;
  int32_t rawOffset = 0;
  float clampMin = 0;
  float clampMax = 0;
};

inline bool Decode(WordReader r, AveragePool2dAttrs* a) {
  return true &&
         r.Get(&a->kernel) &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->ceilMode) &&
         r.Get(&a->countIncludePad) &&
         r.Get(&a->rawOffset) &&
         r.Get(&a->clampMin) &&
         r.Get(&a->clampMax) &&
         r.AtEnd();
}

struct QAveragePool2dAttrs {
  static constexpr Opcode kOpcode = Opcode::kQAveragePool2d;
  std::array<int32_t, 2> kernel{};
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  bool ceilMode = false;
  bool countIncludePad = false;
  int32_t rawOffset = 0;
  int32_t inputZeroPoint = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QAveragePool2dAttrs* a) {
  return true &&
         r.Get(&a->kernel) &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->ceilMode) &&
         r.Get(&a->countIncludePad) &&
         r.Get(&a->rawOffset) &&
         r.Get(&a->inputZeroPoint) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct ReduceMeanAttrs {
  static constexpr Opcode kOpcode = Opcode::kReduceMean;
  IntList axes;
  bool keepDims = false;
};

inline bool Decode(WordReader r, ReduceMeanAttrs* a) {
  return true &&
         r.Get(&a->axes) &&
         r.Get(&a->keepDims) &&
         r.AtEnd();
}

struct ReduceSumAttrs {
  static constexpr Opcode kOpcode = Opcode::kReduceSum;
  IntList axes;
  bool keepDims = false;
};

inline bool Decode(WordReader r, ReduceSumAttrs* a) {
  return true &&
         r.Get(&a->axes) &&
         r.Get(&a->keepDims) &&
         r.AtEnd();
}

struct ReduceMaxAttrs {
  static constexpr Opcode kOpcode = Opcode::kReduceMax;
  IntList axes;
  bool keepDims = false;
};

inline bool Decode(WordReader r, ReduceMaxAttrs* a) {
  return true &&
         r.Get(&a->axes) &&
         r.Get(&a->keepDims) &&
         r.AtEnd();
}

struct ReduceMinAttrs {
  static constexpr Opcode kOpcode = Opcode::kReduceMin;
  IntList axes;
  bool keepDims = false;
};

inline bool Decode(WordReader r, ReduceMinAttrs* a) {
  return true &&
         r.Get(&a->axes) &&
         r.Get(&a->keepDims) &&
         r.AtEnd();
}

struct ReduceProdAttrs {
  static constexpr Opcode kOpcode = Opcode::kReduceProd;
  IntList axes;
  bool keepDims = false;
};

inline bool Decode(WordReader r, ReduceProdAttrs* a) {
  return true &&
         r.Get(&a->axes) &&
         r.Get(&a->keepDims) &&
         r.AtEnd();
}

struct QReduceMeanAttrs {
  static constexpr Opcode kOpcode = Opcode::kQReduceMean;
  IntList axes;
  bool keepDims = false;
  int32_t inputZeroPoint = 0;
  int32_t outputZeroPoint = 0;
  float multiplier = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QReduceMeanAttrs* a) {
  return true &&
         r.Get(&a->axes) &&
         r.Get(&a->keepDims) &&
         r.Get(&a->inputZeroPoint) &&
         r.Get(&a->outputZeroPoint) &&
         r.Get(&a->multiplier) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct ConcatAttrs {
  static constexpr Opcode kOpcode = Opcode::kConcat;
  int32_t axis = 0;
};

inline bool Decode(WordReader r, ConcatAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.AtEnd();
}

struct SplitAttrs {
  static constexpr Opcode kOpcode = Opcode::kSplit;
  int32_t axis = 0;
  IntList sizes;
};

inline bool Decode(WordReader r, SplitAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Get(&a->sizes) &&
         r.AtEnd();
}

struct SliceAttrs {
  static constexpr Opcode kOpcode = Opcode::kSlice;
  IntList starts;
  IntList sizes;
  IntList steps;
};

inline bool Decode(WordReader r, SliceAttrs* a) {
  return true &&
         r.Get(&a->starts) &&
         r.Get(&a->sizes) &&
         r.Get(&a->steps) &&
         r.AtEnd();
}

struct PadAttrs {
  static constexpr Opcode kOpcode = Opcode::kPad;
  IntList pads;
  enum class Mode : int32_t { kConstant, kReflect, kEdge, kSymmetric } mode{};
  float value = 0;
};

inline bool Decode(WordReader r, PadAttrs* a) {
  return true &&
         r.Get(&a->pads) &&
         r.Enum(&a->mode, 4) &&
         r.Get(&a->value) &&
         r.AtEnd();
}

struct ReshapeAttrs {
  static constexpr Opcode kOpcode = Opcode::kReshape;
  IntList shape;
};

inline bool Decode(WordReader r, ReshapeAttrs* a) {
  return true &&
         r.Get(&a->shape) &&
         r.AtEnd();
}

struct TransposeAttrs {
  static constexpr Opcode kOpcode = Opcode::kTranspose;
  IntList perm;
};

inline bool Decode(WordReader r, TransposeAttrs* a) {
  return true &&
         r.Get(&a->perm) &&
         r.AtEnd();
}

struct ExpandAttrs {
  static constexpr Opcode kOpcode = Opcode::kExpand;
  IntList shape;
};

inline bool Decode(WordReader r, ExpandAttrs* a) {
  return true &&
         r.Get(&a->shape) &&
         r.AtEnd();
}

struct TileAttrs {
  static constexpr Opcode kOpcode = Opcode::kTile;
  IntList repeats;
};

inline bool Decode(WordReader r, TileAttrs* a) {
  return true &&
         r.Get(&a->repeats) &&
         r.AtEnd();
}

struct ResizeAttrs {
  static constexpr Opcode kOpcode = Opcode::kResize;
  std::array<int32_t, 2> size{};
  std::array<float, 2> scales{};
  enum class Mode : int32_t { kNearest, kLinear, kCubic } mode{};
  enum class Coordinates : int32_t { kHalfPixel, kAsymmetric, kAlignCorners, kPytorchHalfPixel } coordinates{};
  enum class Nearest : int32_t { kRoundPreferFloor, kRoundPreferCeil, kFloor, kCeil } nearest{};
};

inline bool Decode(WordReader r, ResizeAttrs* a) {
  return true &&
         r.Get(&a->size) &&
         r.Get(&a->scales) &&
         r.Enum(&a->mode, 3) &&
         r.Enum(&a->coordinates, 4) &&
         r.Enum(&a->nearest, 4) &&
         r.AtEnd();
}

struct QResizeBilinearAttrs {
  static constexpr Opcode kOpcode = Opcode::kQResizeBilinear;
};

inline bool Decode(WordReader r, QResizeBilinearAttrs*) {
  return true &&
         r.AtEnd();
}

struct DepthToSpaceAttrs {
  static constexpr Opcode kOpcode = Opcode::kDepthToSpace;
  int32_t blockSize = 0;
  enum class Mode : int32_t { kDCR, kCRD } mode{};
};

inline bool Decode(WordReader r, DepthToSpaceAttrs* a) {
  return true &&
         r.Get(&a->blockSize) &&
         r.Enum(&a->mode, 2) &&
         r.AtEnd();
}

struct SpaceToDepthAttrs {
  static constexpr Opcode kOpcode = Opcode::kSpaceToDepth;
  int32_t blockSize = 0;
};

inline bool Decode(WordReader r, SpaceToDepthAttrs* a) {
  return true &&
         r.Get(&a->blockSize) &&
         r.AtEnd();
}

struct GatherAttrs {
  static constexpr Opcode kOpcode = Opcode::kGather;
  int32_t axis = 0;
};

inline bool Decode(WordReader r, GatherAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.AtEnd();
}

struct ArgMaxAttrs {
  static constexpr Opcode kOpcode = Opcode::kArgMax;
  int32_t axis = 0;
  bool keepDims = false;
  bool selectLast = false;
};

inline bool Decode(WordReader r, ArgMaxAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Get(&a->keepDims) &&
         r.Get(&a->selectLast) &&
         r.AtEnd();
}

struct ArgMinAttrs {
  static constexpr Opcode kOpcode = Opcode::kArgMin;
  int32_t axis = 0;
  bool keepDims = false;
  bool selectLast = false;
};

inline bool Decode(WordReader r, ArgMinAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Get(&a->keepDims) &&
         r.Get(&a->selectLast) &&
         r.AtEnd();
}

struct CastAttrs {
  static constexpr Opcode kOpcode = Opcode::kCast;
  enum class To : int32_t { kFloat32, kInt8, kUint8, kInt16, kInt32, kInt64, kBool } to{};
};

inline bool Decode(WordReader r, CastAttrs* a) {
  return true &&
         r.Enum(&a->to, 7) &&
         r.AtEnd();
}

struct LRNAttrs {
  static constexpr Opcode kOpcode = Opcode::kLRN;
  int32_t size = 0;
  float alpha = 0;
  float beta = 0;
  float bias = 0;
};

inline bool Decode(WordReader r, LRNAttrs* a) {
  return true &&
         r.Get(&a->size) &&
         r.Get(&a->alpha) &&
         r.Get(&a->beta) &&
         r.Get(&a->bias) &&
         r.AtEnd();
}

struct QuantizeAttrs {
  static constexpr Opcode kOpcode = Opcode::kQuantize;
  FloatList scale;
  IntList zeroPoint;
  int32_t axis = 0;
  bool reciprocal = false;
};

inline bool Decode(WordReader r, QuantizeAttrs* a) {
  return true &&
         r.Get(&a->scale) &&
         r.Get(&a->zeroPoint) &&
         r.Get(&a->axis) &&
         r.Get(&a->reciprocal) &&
         r.AtEnd();
}

struct DequantizeAttrs {
  static constexpr Opcode kOpcode = Opcode::kDequantize;
  FloatList scale;
  IntList zeroPoint;
  int32_t axis = 0;
};

inline bool Decode(WordReader r, DequantizeAttrs* a) {
  return true &&
         r.Get(&a->scale) &&
         r.Get(&a->zeroPoint) &&
         r.Get(&a->axis) &&
         r.AtEnd();
}

struct RequantizeAttrs {
  static constexpr Opcode kOpcode = Opcode::kRequantize;
  float scale = 0;
  int32_t zeroPoint = 0;
  enum class TableRounding : int32_t { kExact, kTflite8 } tableRounding{};
};

inline bool Decode(WordReader r, RequantizeAttrs* a) {
  return true &&
         r.Get(&a->scale) &&
         r.Get(&a->zeroPoint) &&
         r.Enum(&a->tableRounding, 2) &&
         r.AtEnd();
}

struct RecodeAttrs {
  static constexpr Opcode kOpcode = Opcode::kRecode;
  enum class To : int32_t { kInt8, kUint8 } to{};
};

inline bool Decode(WordReader r, RecodeAttrs* a) {
  return true &&
         r.Enum(&a->to, 2) &&
         r.AtEnd();
}

struct TableAttrs {
  static constexpr Opcode kOpcode = Opcode::kTable;
};

inline bool Decode(WordReader r, TableAttrs*) {
  return true &&
         r.AtEnd();
}

struct NegAttrs {
  static constexpr Opcode kOpcode = Opcode::kNeg;
};

inline bool Decode(WordReader r, NegAttrs*) {
  return true &&
         r.AtEnd();
}

struct AbsAttrs {
  static constexpr Opcode kOpcode = Opcode::kAbs;
};

inline bool Decode(WordReader r, AbsAttrs*) {
  return true &&
         r.AtEnd();
}

struct SqrtAttrs {
  static constexpr Opcode kOpcode = Opcode::kSqrt;
};

inline bool Decode(WordReader r, SqrtAttrs*) {
  return true &&
         r.AtEnd();
}

struct RsqrtAttrs {
  static constexpr Opcode kOpcode = Opcode::kRsqrt;
};

inline bool Decode(WordReader r, RsqrtAttrs*) {
  return true &&
         r.AtEnd();
}

struct ReciprocalAttrs {
  static constexpr Opcode kOpcode = Opcode::kReciprocal;
};

inline bool Decode(WordReader r, ReciprocalAttrs*) {
  return true &&
         r.AtEnd();
}

struct ExpAttrs {
  static constexpr Opcode kOpcode = Opcode::kExp;
};

inline bool Decode(WordReader r, ExpAttrs*) {
  return true &&
         r.AtEnd();
}

struct LogAttrs {
  static constexpr Opcode kOpcode = Opcode::kLog;
};

inline bool Decode(WordReader r, LogAttrs*) {
  return true &&
         r.AtEnd();
}

struct FloorAttrs {
  static constexpr Opcode kOpcode = Opcode::kFloor;
};

inline bool Decode(WordReader r, FloorAttrs*) {
  return true &&
         r.AtEnd();
}

struct CeilAttrs {
  static constexpr Opcode kOpcode = Opcode::kCeil;
};

inline bool Decode(WordReader r, CeilAttrs*) {
  return true &&
         r.AtEnd();
}

struct RoundAttrs {
  static constexpr Opcode kOpcode = Opcode::kRound;
};

inline bool Decode(WordReader r, RoundAttrs*) {
  return true &&
         r.AtEnd();
}

struct ErfAttrs {
  static constexpr Opcode kOpcode = Opcode::kErf;
};

inline bool Decode(WordReader r, ErfAttrs*) {
  return true &&
         r.AtEnd();
}

struct SinAttrs {
  static constexpr Opcode kOpcode = Opcode::kSin;
};

inline bool Decode(WordReader r, SinAttrs*) {
  return true &&
         r.AtEnd();
}

struct CosAttrs {
  static constexpr Opcode kOpcode = Opcode::kCos;
};

inline bool Decode(WordReader r, CosAttrs*) {
  return true &&
         r.AtEnd();
}

struct SignAttrs {
  static constexpr Opcode kOpcode = Opcode::kSign;
};

inline bool Decode(WordReader r, SignAttrs*) {
  return true &&
         r.AtEnd();
}

struct SigmoidAttrs {
  static constexpr Opcode kOpcode = Opcode::kSigmoid;
};

inline bool Decode(WordReader r, SigmoidAttrs*) {
  return true &&
         r.AtEnd();
}

struct TanhAttrs {
  static constexpr Opcode kOpcode = Opcode::kTanh;
};

inline bool Decode(WordReader r, TanhAttrs*) {
  return true &&
         r.AtEnd();
}

struct HardSwishAttrs {
  static constexpr Opcode kOpcode = Opcode::kHardSwish;
  enum class TableRounding : int32_t { kExact, kTflite16 } tableRounding{};
};

inline bool Decode(WordReader r, HardSwishAttrs* a) {
  return true &&
         r.Enum(&a->tableRounding, 2) &&
         r.AtEnd();
}

struct SoftplusAttrs {
  static constexpr Opcode kOpcode = Opcode::kSoftplus;
};

inline bool Decode(WordReader r, SoftplusAttrs*) {
  return true &&
         r.AtEnd();
}

struct ClipAttrs {
  static constexpr Opcode kOpcode = Opcode::kClip;
  float min = 0;
  float max = 0;
};

inline bool Decode(WordReader r, ClipAttrs* a) {
  return true &&
         r.Get(&a->min) &&
         r.Get(&a->max) &&
         r.AtEnd();
}

struct LeakyReluAttrs {
  static constexpr Opcode kOpcode = Opcode::kLeakyRelu;
  float alpha = 0;
  enum class TableRounding : int32_t { kExact, kTflite8 } tableRounding{};
};

inline bool Decode(WordReader r, LeakyReluAttrs* a) {
  return true &&
         r.Get(&a->alpha) &&
         r.Enum(&a->tableRounding, 2) &&
         r.AtEnd();
}

struct HardSigmoidAttrs {
  static constexpr Opcode kOpcode = Opcode::kHardSigmoid;
  float alpha = 0;
  float beta = 0;
};

inline bool Decode(WordReader r, HardSigmoidAttrs* a) {
  return true &&
         r.Get(&a->alpha) &&
         r.Get(&a->beta) &&
         r.AtEnd();
}

struct EluAttrs {
  static constexpr Opcode kOpcode = Opcode::kElu;
  float alpha = 0;
};

inline bool Decode(WordReader r, EluAttrs* a) {
  return true &&
         r.Get(&a->alpha) &&
         r.AtEnd();
}

struct GeluAttrs {
  static constexpr Opcode kOpcode = Opcode::kGelu;
  enum class Approximate : int32_t { kNone, kTanh } approximate{};
};

inline bool Decode(WordReader r, GeluAttrs* a) {
  return true &&
         r.Enum(&a->approximate, 2) &&
         r.AtEnd();
}

struct TanAttrs {
  static constexpr Opcode kOpcode = Opcode::kTan;
};

inline bool Decode(WordReader r, TanAttrs*) {
  return true &&
         r.AtEnd();
}

struct AsinAttrs {
  static constexpr Opcode kOpcode = Opcode::kAsin;
};

inline bool Decode(WordReader r, AsinAttrs*) {
  return true &&
         r.AtEnd();
}

struct AcosAttrs {
  static constexpr Opcode kOpcode = Opcode::kAcos;
};

inline bool Decode(WordReader r, AcosAttrs*) {
  return true &&
         r.AtEnd();
}

struct AtanAttrs {
  static constexpr Opcode kOpcode = Opcode::kAtan;
};

inline bool Decode(WordReader r, AtanAttrs*) {
  return true &&
         r.AtEnd();
}

struct SinhAttrs {
  static constexpr Opcode kOpcode = Opcode::kSinh;
};

inline bool Decode(WordReader r, SinhAttrs*) {
  return true &&
         r.AtEnd();
}

struct CoshAttrs {
  static constexpr Opcode kOpcode = Opcode::kCosh;
};

inline bool Decode(WordReader r, CoshAttrs*) {
  return true &&
         r.AtEnd();
}

struct AsinhAttrs {
  static constexpr Opcode kOpcode = Opcode::kAsinh;
};

inline bool Decode(WordReader r, AsinhAttrs*) {
  return true &&
         r.AtEnd();
}

struct AcoshAttrs {
  static constexpr Opcode kOpcode = Opcode::kAcosh;
};

inline bool Decode(WordReader r, AcoshAttrs*) {
  return true &&
         r.AtEnd();
}

struct AtanhAttrs {
  static constexpr Opcode kOpcode = Opcode::kAtanh;
};

inline bool Decode(WordReader r, AtanhAttrs*) {
  return true &&
         r.AtEnd();
}

struct FloorModAttrs {
  static constexpr Opcode kOpcode = Opcode::kFloorMod;
};

inline bool Decode(WordReader r, FloorModAttrs*) {
  return true &&
         r.AtEnd();
}

struct TruncateModAttrs {
  static constexpr Opcode kOpcode = Opcode::kTruncateMod;
};

inline bool Decode(WordReader r, TruncateModAttrs*) {
  return true &&
         r.AtEnd();
}

struct GatherElementsAttrs {
  static constexpr Opcode kOpcode = Opcode::kGatherElements;
  int32_t axis = 0;
};

inline bool Decode(WordReader r, GatherElementsAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.AtEnd();
}

struct GatherNDAttrs {
  static constexpr Opcode kOpcode = Opcode::kGatherND;
  int32_t batchDims = 0;
};

inline bool Decode(WordReader r, GatherNDAttrs* a) {
  return true &&
         r.Get(&a->batchDims) &&
         r.AtEnd();
}

struct ScatterElementsAttrs {
  static constexpr Opcode kOpcode = Opcode::kScatterElements;
  int32_t axis = 0;
  enum class Reduction : int32_t { kNone, kAdd, kMul, kMin, kMax } reduction{};
};

inline bool Decode(WordReader r, ScatterElementsAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Enum(&a->reduction, 5) &&
         r.AtEnd();
}

struct ScatterNDAttrs {
  static constexpr Opcode kOpcode = Opcode::kScatterND;
  enum class Reduction : int32_t { kNone, kAdd, kMul, kMin, kMax } reduction{};
};

inline bool Decode(WordReader r, ScatterNDAttrs* a) {
  return true &&
         r.Enum(&a->reduction, 5) &&
         r.AtEnd();
}

struct TopKAttrs {
  static constexpr Opcode kOpcode = Opcode::kTopK;
  int32_t axis = 0;
  int32_t k = 0;
  bool largest = false;
};

inline bool Decode(WordReader r, TopKAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Get(&a->k) &&
         r.Get(&a->largest) &&
         r.AtEnd();
}

struct CumSumAttrs {
  static constexpr Opcode kOpcode = Opcode::kCumSum;
  int32_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
};

inline bool Decode(WordReader r, CumSumAttrs* a) {
  return true &&
         r.Get(&a->axis) &&
         r.Get(&a->exclusive) &&
         r.Get(&a->reverse) &&
         r.AtEnd();
}

struct TreeEnsembleAttrs {
  static constexpr Opcode kOpcode = Opcode::kTreeEnsemble;
  int32_t targetCount = 0;
  enum class Aggregate : int32_t { kSum, kAverage, kMin, kMax } aggregate{};
  bool markUnscored = false;
};

inline bool Decode(WordReader r, TreeEnsembleAttrs* a) {
  return true &&
         r.Get(&a->targetCount) &&
         r.Enum(&a->aggregate, 4) &&
         r.Get(&a->markUnscored) &&
         r.AtEnd();
}

struct ProbitAttrs {
  static constexpr Opcode kOpcode = Opcode::kProbit;
};

inline bool Decode(WordReader r, ProbitAttrs*) {
  return true &&
         r.AtEnd();
}

struct QConv2dInt16Attrs {
  static constexpr Opcode kOpcode = Opcode::kQConv2dInt16;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  int32_t group = 0;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
  bool wide = false;
};

inline bool Decode(WordReader r, QConv2dInt16Attrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->group) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.Get(&a->wide) &&
         r.AtEnd();
}

struct QTransposeConv2dInt16Attrs {
  static constexpr Opcode kOpcode = Opcode::kQTransposeConv2dInt16;
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 4> pads{};
  std::array<int32_t, 2> dilations{};
  std::array<int32_t, 2> outputPads{};
  int32_t outputMin = 0;
  int32_t outputMax = 0;
  bool wide = false;
};

inline bool Decode(WordReader r, QTransposeConv2dInt16Attrs* a) {
  return true &&
         r.Get(&a->strides) &&
         r.Get(&a->pads) &&
         r.Get(&a->dilations) &&
         r.Get(&a->outputPads) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.Get(&a->wide) &&
         r.AtEnd();
}

struct QAddInt16Attrs {
  static constexpr Opcode kOpcode = Opcode::kQAddInt16;
  int32_t aMultiplier = 0;
  int32_t aShift = 0;
  int32_t bMultiplier = 0;
  int32_t bShift = 0;
  int32_t outputMultiplier = 0;
  int32_t outputShift = 0;
  bool subtract = false;
  int32_t outputMin = 0;
  int32_t outputMax = 0;
};

inline bool Decode(WordReader r, QAddInt16Attrs* a) {
  return true &&
         r.Get(&a->aMultiplier) &&
         r.Get(&a->aShift) &&
         r.Get(&a->bMultiplier) &&
         r.Get(&a->bShift) &&
         r.Get(&a->outputMultiplier) &&
         r.Get(&a->outputShift) &&
         r.Get(&a->subtract) &&
         r.Get(&a->outputMin) &&
         r.Get(&a->outputMax) &&
         r.AtEnd();
}

struct QScaleAttrs {
  static constexpr Opcode kOpcode = Opcode::kQScale;
  int32_t positiveMultiplier = 0;
  int32_t positiveShift = 0;
  int32_t negativeMultiplier = 0;
  int32_t negativeShift = 0;
  enum class To : int32_t { kInt16, kInt32 } to{};
};

inline bool Decode(WordReader r, QScaleAttrs* a) {
  return true &&
         r.Get(&a->positiveMultiplier) &&
         r.Get(&a->positiveShift) &&
         r.Get(&a->negativeMultiplier) &&
         r.Get(&a->negativeShift) &&
         r.Enum(&a->to, 2) &&
         r.AtEnd();
}

struct RecurrentAttrs {
  static constexpr Opcode kOpcode = Opcode::kRecurrent;
  enum class Cell : int32_t { kLstm, kGru, kRnn } cell{};
  enum class F : int32_t { kSigmoid, kTanh, kRelu, kHardSigmoid, kSoftsign } f{};
  enum class G : int32_t { kSigmoid, kTanh, kRelu, kHardSigmoid, kSoftsign } g{};
  enum class H : int32_t { kSigmoid, kTanh, kRelu, kHardSigmoid, kSoftsign } h{};
  bool reverse = false;
  float clip = 0;
  float cellClip = 0;
  bool linearBeforeReset = false;
};

inline bool Decode(WordReader r, RecurrentAttrs* a) {
  return true &&
         r.Enum(&a->cell, 3) &&
         r.Enum(&a->f, 5) &&
         r.Enum(&a->g, 5) &&
         r.Enum(&a->h, 5) &&
         r.Get(&a->reverse) &&
         r.Get(&a->clip) &&
         r.Get(&a->cellClip) &&
         r.Get(&a->linearBeforeReset) &&
         r.AtEnd();
}

struct LookupAttrs {
  static constexpr Opcode kOpcode = Opcode::kLookup;
};

inline bool Decode(WordReader r, LookupAttrs*) {
  return true &&
         r.AtEnd();
}

struct SquaredDistanceAttrs {
  static constexpr Opcode kOpcode = Opcode::kSquaredDistance;
};

inline bool Decode(WordReader r, SquaredDistanceAttrs*) {
  return true &&
         r.AtEnd();
}

struct PairwiseCouplingAttrs {
  static constexpr Opcode kOpcode = Opcode::kPairwiseCoupling;
  int32_t classCount = 0;
};

inline bool Decode(WordReader r, PairwiseCouplingAttrs* a) {
  return true &&
         r.Get(&a->classCount) &&
         r.AtEnd();
}

struct NonMaxSuppressionAttrs {
  static constexpr Opcode kOpcode = Opcode::kNonMaxSuppression;
  int32_t maxBoxes = 0;
  float iouThreshold = 0;
  float scoreThreshold = 0;
  enum class Format : int32_t { kCorners, kCenters } format{};
};

inline bool Decode(WordReader r, NonMaxSuppressionAttrs* a) {
  return true &&
         r.Get(&a->maxBoxes) &&
         r.Get(&a->iouThreshold) &&
         r.Get(&a->scoreThreshold) &&
         r.Enum(&a->format, 2) &&
         r.AtEnd();
}

struct GridSampleAttrs {
  static constexpr Opcode kOpcode = Opcode::kGridSample;
  enum class Mode : int32_t { kNearest, kLinear, kCubic } mode{};
  enum class Padding : int32_t { kZeros, kBorder, kReflection } padding{};
  bool alignCorners = false;
};

inline bool Decode(WordReader r, GridSampleAttrs* a) {
  return true &&
         r.Enum(&a->mode, 3) &&
         r.Enum(&a->padding, 3) &&
         r.Get(&a->alignCorners) &&
         r.AtEnd();
}

struct QuantizeInt16Attrs {
  static constexpr Opcode kOpcode = Opcode::kQuantizeInt16;
  float scale = 0;
};

inline bool Decode(WordReader r, QuantizeInt16Attrs* a) {
  return true &&
         r.Get(&a->scale) &&
         r.AtEnd();
}

struct RoiAlignAttrs {
  static constexpr Opcode kOpcode = Opcode::kRoiAlign;
  std::array<int32_t, 2> size{};
  int32_t samplingRatio = 0;
  float spatialScale = 0;
  enum class Mode : int32_t { kAvg, kMax } mode{};
  bool halfPixel = false;
};

inline bool Decode(WordReader r, RoiAlignAttrs* a) {
  return true &&
         r.Get(&a->size) &&
         r.Get(&a->samplingRatio) &&
         r.Get(&a->spatialScale) &&
         r.Enum(&a->mode, 2) &&
         r.Get(&a->halfPixel) &&
         r.AtEnd();
}

}  // namespace edgec

#endif  // EDGEC_BASE_OPS_GENERATED_H_
