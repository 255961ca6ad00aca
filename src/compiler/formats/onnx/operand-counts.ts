/** Operators of ONNX by how many operands they take at most, in any opset; the last ones take any number. */
const operatorsOf: readonly (readonly [most: number, operators: string])[] = [
  [0, 'Constant'],
  [
    1,
    `Abs Acos Acosh ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BlackmanWindow Cast Ceil Celu ConstantOfShape Cos Cosh
    DepthToSpace DynamicQuantizeLinear Elu Erf Exp EyeLike Flatten Floor Gelu GlobalAveragePool GlobalLpPool GlobalMaxPool
    HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageScaler IsInf IsNaN LRN LeakyRelu Log LogSoftmax
    LpNormalization LpPool MaxPool MeanVarianceNormalization Mish Neg NonZero Not Reciprocal Relu Round Selu Shape Shrink Sigmoid Sign Sin
    Sinh Size Softmax Softplus Softsign SpaceToDepth Sqrt Tan Tanh ThresholdedRelu Transpose Unique`,
  ],
  [
    2,
    `Add AffineGrid And BitShift CastLike CenterCropPad Compress CumSum Div Equal Expand Gather GatherElements GatherND Greater
    GreaterOrEqual GridSample Less LessOrEqual MatMul Mod Mul Or PRelu Pow RMSNormalization ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
    ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Reshape ReverseSequence SimplifiedLayerNormalization
    Split Squeeze Sub TopK Trilu Unsqueeze Upsample Xor`,
  ],
  [
    3,
    `Clip Conv ConvTranspose DFT DequantizeLinear Dropout Gemm GroupNormalization InstanceNormalization LayerNormalization
    NegativeLogLikelihoodLoss OneHot QuantizeLinear Range RoiAlign Scatter ScatterElements ScatterND SoftmaxCrossEntropyLoss Tile
    Where`,
  ],
  [4, 'ConvInteger MatMulInteger Pad Resize RotaryEmbedding STFT'],
  [5, 'BatchNormalization MelWeightMatrix NonMaxSuppression Slice'],
  [6, 'Attention GRU RNN'],
  [8, 'LSTM QLinearMatMul'],
  [9, 'QLinearConv'],
  [Number.POSITIVE_INFINITY, 'Concat Einsum Loop Max Mean Min Scan Sum'],
];

const counts = new Map(
  operatorsOf.flatMap(([most, operators]) => operators.split(/\s+/).map((op) => [op, most] as const)),
);

/** How many operands an operator of ONNX takes; undefined for those that are not read. */
export const mostOperands = (op: string): number | undefined => counts.get(op);
