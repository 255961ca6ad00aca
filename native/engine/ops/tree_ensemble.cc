// TreeEnsemble: rows in blocks and trees in groups, a walk to the leaves, then the leaves' weights in the order of the trees.
#include <cmath>

#include "engine/prepare.h"
#include "engine/split.h"
#include "kernels/f32_trees/f32_trees.h"

namespace edgec {
namespace {

constexpr size_t kMostRows = 256, kMostTrees = 64;  // of one call of the kernel
constexpr size_t kBlockFloats = 8192;               // of a block of rows, to stay near the core

struct Forest {
  std::vector<TreeNode> nodes;
  std::vector<Tree> trees;
  const int32_t *starts, *targets;
  const float *weights, *base;
  size_t features, target_count;
  TreeEnsembleAttrs::Aggregate aggregate;
  bool mark_unscored, plain_sum, one_each;
};

bool IsTable(const Value& v, DType dtype) { return v.constant && Is(v, dtype, 1); }

Status CheckTables(const Preparation& p, const TreeEnsembleAttrs& a) {
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, DType::kFloat32, 2) && Is(y, DType::kFloat32, 2) && a.targetCount > 0, "bad input or output");
  EDGEC_CHECK(x.dim(1) > 0 && x.dim(1) < UINT32_MAX / 2 && y.dim(0) == x.dim(0) && y.dim(1) == static_cast<size_t>(a.targetCount),
              "the output does not fit");
  for (size_t i = 1; i < 9; i++)
    EDGEC_CHECK(IsTable(*p.inputs[i], i == 1 || i > 6 ? DType::kFloat32 : DType::kInt32), "a table has another type");
  const size_t nodes = p.inputs[1]->count;
  EDGEC_CHECK(p.inputs[2]->count == nodes && p.inputs[3]->count == nodes && p.inputs[5]->count > 0 &&
                  p.inputs[6]->count == p.inputs[7]->count && p.inputs[8]->count == y.dim(1),
              "the tables do not fit each other");
  return Status::Ok();
}

Status CheckLeaves(const Preparation& p, size_t target_count) {
  const Value &starts = *p.inputs[5], &targets = *p.inputs[6];
  const int32_t* start = starts.as<int32_t>();
  EDGEC_CHECK(start[0] == 0 && static_cast<size_t>(start[starts.count - 1]) == targets.count, "the leaves do not hold all weights");
  for (size_t i = 1; i < starts.count; i++) EDGEC_CHECK(start[i] >= start[i - 1], "a leaf has a negative count of weights");
  for (size_t i = 0; i < targets.count; i++)
    EDGEC_CHECK(static_cast<uint32_t>(targets.as<int32_t>()[i]) < target_count, "a leaf scores what is not there");
  return Status::Ok();
}

// The row that the kernel reads holds every feature and behind them every negated one.
Status PackNodes(const Preparation& p, Forest* forest) {
  const size_t count = p.inputs[1]->count, leaves = p.inputs[5]->count - 1;
  const float* thresholds = p.inputs[1]->as<float>();
  const int32_t *features = p.inputs[2]->as<int32_t>(), *children = p.inputs[3]->as<int32_t>();
  forest->nodes.resize(count);
  for (size_t i = 0; i < count; i++) {
    const int64_t child = children[i];
    const auto at = static_cast<uint32_t>(i);
    if (child < 0) {
      EDGEC_CHECK(static_cast<size_t>(~child) < leaves, "a leaf does not exist");
      forest->nodes[i] = {NAN, 0, at, static_cast<uint32_t>(~child)};
      continue;
    }
    const bool negated = features[i] < 0;
    const auto feature = static_cast<size_t>(negated ? ~features[i] : features[i]);
    EDGEC_CHECK(child > static_cast<int64_t>(i) && static_cast<size_t>(child) + 1 < count, "the children of a node do not lie behind it");
    EDGEC_CHECK(feature < forest->features, "a node tests what is not there");
    forest->nodes[i] = {thresholds[i], static_cast<uint32_t>(feature + (negated ? forest->features : 0)), static_cast<uint32_t>(child), 0};
  }
  return Status::Ok();
}

// Children lie behind their parents, so that depths are known from back to front.
Status PackTrees(const Value& roots, Forest* forest) {
  std::vector<uint32_t> depths(forest->nodes.size(), 0);
  for (size_t i = depths.size(); i-- > 0;) {
    const uint32_t next = forest->nodes[i].next;
    if (next > i) depths[i] = 1 + std::max(depths[next], depths[next + 1]);
  }
  for (size_t t = 0; t < roots.count; t++) {
    const auto root = static_cast<uint32_t>(roots.as<int32_t>()[t]);
    EDGEC_CHECK(root < depths.size(), "a root does not exist");
    forest->trees.push_back({root, depths[root]});
  }
  return Status::Ok();
}

void JoinScore(TreeEnsembleAttrs::Aggregate aggregate, float weight, uint8_t* scored, float* score) {
  using Aggregate = TreeEnsembleAttrs::Aggregate;
  if (!*scored) *score = weight;
  else if (aggregate == Aggregate::kMin) *score = std::min(*score, weight);
  else if (aggregate == Aggregate::kMax) *score = std::max(*score, weight);
  else *score += weight;
  *scored = 1;
}

// Every feature and behind them every negated one.
void CopyRow(const float* x, size_t features, float* both) {
  for (size_t i = 0; i < features; i++) {
    both[i] = x[i];
    both[features + i] = -x[i];
  }
}

// Adds the weights of `count` leaves, one for each row, to the scores of the rows.
void AddLeaves(const Forest& f, const uint32_t* leaves, size_t count, uint8_t* scored, float* y) {
  for (size_t r = 0; r < count; r++, y += f.target_count, scored += f.target_count) {
    const uint32_t leaf = leaves[r];
    if (f.one_each) {
      *y += f.weights[leaf];
      continue;
    }
    for (int32_t i = f.starts[leaf]; i < f.starts[leaf + 1]; i++) {
      const int32_t target = f.targets[i];
      if (f.plain_sum) y[target] += f.weights[i];
      else JoinScore(f.aggregate, f.weights[i], scored + target, y + target);
    }
  }
}

void Finish(const Forest& f, size_t rows, const uint8_t* scored, float* y) {
  const bool average = f.aggregate == TreeEnsembleAttrs::Aggregate::kAverage;
  const auto trees = static_cast<float>(f.trees.size());
  for (size_t i = 0; i < rows * f.target_count; i++) {
    const float score = average ? y[i] / trees : y[i];
    y[i] = f.mark_unscored && !scored[i] ? -INFINITY : score + f.base[i % f.target_count];
  }
}

// Memory for rows on their way.
struct Places {
  float* both;
  uint32_t* leaves;
  uint8_t* scored;

  static size_t Bytes(const Forest& f, size_t rows) {
    return rows * (f.features * 2 * sizeof(float) + kMostTrees * sizeof(uint32_t) + f.target_count);
  }
  // Those of row `first` and the rows behind it.
  Places(const Forest& f, uint8_t* scratch, size_t rows, size_t first) {
    both = reinterpret_cast<float*>(scratch) + first * f.features * 2;
    leaves = reinterpret_cast<uint32_t*>(scratch + rows * f.features * 2 * sizeof(float)) + first * kMostTrees;
    scored = scratch + rows * (f.features * 2 * sizeof(float) + kMostTrees * sizeof(uint32_t)) + first * f.target_count;
  }
};

void ScoreRows(const Forest& f, void (*walk)(const F32TreesArgs&), const Places& at, const float* x, size_t rows, float* y) {
  for (size_t r = 0; r < rows; r++) CopyRow(x + r * f.features, f.features, at.both + r * f.features * 2);
  std::fill_n(y, rows * f.target_count, 0.0f);
  std::fill_n(at.scored, rows * f.target_count, uint8_t{0});
  for (size_t t = 0; t < f.trees.size(); t += kMostTrees) {
    const size_t trees = std::min(kMostTrees, f.trees.size() - t);
    walk({at.both, rows, f.features * 2, f.nodes.data(), &f.trees[t], trees, at.leaves});
    for (size_t k = 0; k < trees; k++) AddLeaves(f, at.leaves + k * rows, rows, at.scored, y);
  }
  Finish(f, rows, at.scored, y);
}

bool OneWeightEach(const Value& starts) {
  for (size_t i = 0; i < starts.count; i++)
    if (starts.as<int32_t>()[i] != static_cast<int32_t>(i)) return false;
  return true;
}

}  // namespace

Status PrepareTreeEnsemble(const Preparation& p, Step* step) {
  TreeEnsembleAttrs a;
  EDGEC_CHECK(HasOperands(p, 9) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(CheckTables(p, a));
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  auto forest = std::make_shared<Forest>();
  forest->features = x.dim(1);
  forest->target_count = y.dim(1);
  EDGEC_RETURN_IF_ERROR(CheckLeaves(p, forest->target_count));
  EDGEC_RETURN_IF_ERROR(PackNodes(p, forest.get()));
  EDGEC_RETURN_IF_ERROR(PackTrees(*p.inputs[4], forest.get()));
  forest->starts = p.inputs[5]->as<int32_t>();
  forest->targets = p.inputs[6]->as<int32_t>();
  forest->weights = p.inputs[7]->as<float>();
  forest->base = p.inputs[8]->as<float>();
  forest->aggregate = a.aggregate;
  forest->mark_unscored = a.markUnscored;
  using Aggregate = TreeEnsembleAttrs::Aggregate;
  forest->plain_sum = !a.markUnscored && (a.aggregate == Aggregate::kSum || a.aggregate == Aggregate::kAverage);
  forest->one_each = forest->plain_sum && forest->target_count == 1 && OneWeightEach(*p.inputs[5]);
  const size_t rows = x.dim(0);
  double steps = 0;
  for (const Tree& tree : forest->trees) steps += static_cast<double>(tree.depth) * static_cast<double>(rows);
  const auto& kernel = F32TreesFamily().Best(p.isa);
  p.scratch->Need(Places::Bytes(*forest, rows));
  step->kernel = kernel.name;
  step->run = [=, walk = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    const Forest& f = *forest;
    const size_t block = std::min(kMostRows, RoundUp(std::max<size_t>(kBlockFloats / (f.features * 2), 1), 8));
    Split(pool, (rows + block - 1) / block, steps, [&](size_t first, size_t end) {
      for (size_t r = first * block; r < std::min(rows, end * block); r += block)
        ScoreRows(f, walk, Places(f, scratch->data(), rows, r), x.as<float>() + r * f.features, std::min(block, rows - r),
                  y.as<float>() + r * f.target_count);
    });
  };
  return Status::Ok();
}

}  // namespace edgec
