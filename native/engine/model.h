#ifndef EDGEC_ENGINE_MODEL_H_
#define EDGEC_ENGINE_MODEL_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "base/ops.generated.h"
#include "base/status.h"
#include "engine/container.h"
#include "engine/panels.h"
#include "engine/pool.h"
#include "kernels/kernel.h"

namespace edgec {

enum class DType : int32_t { kFloat32, kInt8, kUint8, kInt16, kInt32, kInt64, kBool, kCount };

size_t ElementBytes(DType dtype);

// Zeroed bytes at an address that is a multiple of 64, with room behind them.
class Block {
 public:
  static constexpr size_t kRoom = 64;  // bytes behind any operand that kernels may read

  // False where memory is short.
  bool Allocate(size_t size);
  uint8_t* data() const { return at_; }

 private:
  std::unique_ptr<void, void (*)(void*)> owned_{nullptr, std::free};
  uint8_t* at_ = nullptr;
};

// Memory that a step uses while it runs, at a multiple of 64.
class Scratch {
 public:
  void Need(size_t bytes) { bytes_ = std::max(bytes_, bytes); }
  void Place(uint8_t* at) { at_ = at; }
  size_t bytes() const { return bytes_; }
  uint8_t* data() const { return at_; }

 private:
  uint8_t* at_ = nullptr;
  size_t bytes_ = 0;
};

// A value with its place in memory: the arena, a mapped package, or a copy of a constant. Weights that steps pack have none
// after loading where the package goes.
struct Value {
  DType dtype = DType::kFloat32;
  std::vector<int32_t> shape;
  size_t count = 0;
  bool constant = false;
  bool plus128 = false;  // int8 stored as u8, plus 128
  bool stays = false;    // a constant whose memory is there as long as the model
  Panels panels;
  int32_t winograd_side = 0;  // of weights that are filtered in squares
  uint8_t* data = nullptr;
  const uint8_t* beside = nullptr;  // transformed weights, or the index of windows, which only loading reads
  size_t first_step = 0, last_step = 0;  // between which it is needed

  // What turns stored bytes into int8 and back.
  uint8_t flip() const { return plus128 ? 0x80 : 0; }

  size_t bytes() const { return count * ElementBytes(dtype); }
  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(data);
  }
  // Dimension `axis`, counted from the end where negative.
  size_t dim(int axis) const { return static_cast<size_t>(shape[axis < 0 ? shape.size() + axis : axis]); }
};

// How a package stores a value (docs/package-format.md).
enum class StoredAs : int32_t { kComputed, kRowMajor, kPanels, kWinograd, kWindows, kFilteredPanels, kCount };

// What an op's preparation works with. Optional operands that are absent are null.
struct Preparation {
  std::vector<const Value*> inputs;
  std::vector<const Value*> outputs;
  WordReader attrs;
  Isa isa = Isa::kScalar;
  Scratch* scratch = nullptr;
  // Null where one thread does all.
  Pool* pool = nullptr;
  // Where a step leaves a message when its inputs have no result.
  const char** fault = nullptr;
};

// A prepared node: `run` allocates nothing.
struct Step {
  std::unique_ptr<Scratch> scratch;
  std::function<void()> run;
  const char* op = "";
  const char* kernel = "portable";
};

using Prepare = Status (*)(const Preparation&, Step*);

// Null where the engine has no code for the op.
Prepare FindPrepare(Opcode opcode);

struct LoadOptions {
  const int32_t* plan = nullptr;  // a plan section
  size_t plan_words = 0;
  Isa isa = Isa::kScalar;
  size_t threads = 1;
  uint64_t memory_bytes = 1ull << 32;  // at most for what a run writes
};

// A package ready to run. It trusts nothing in the bytes that it was loaded from, and keeps their owner; where they have
// none, it keeps nothing of them.
class Model {
 public:
  static Status Load(const PackageBytes& package, const LoadOptions& options, std::unique_ptr<Model>* model);

  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const std::vector<const Value*>& inputs() const { return inputs_; }
  const std::vector<const Value*>& outputs() const { return outputs_; }
  const std::vector<Value>& values() const { return values_; }
  // Bytes at the start of the package that only loading reads.
  size_t loading_bytes() const { return loading_bytes_; }
  // Whether every value has memory of its own, so that it can be read after a run.
  bool keeps_all() const { return keeps_all_; }
  const std::vector<Step>& steps() const { return steps_; }
  // Fails with E_RUN_INPUT where the inputs have no result, such as an index out of range.
  Status Run();

 private:
  Model() = default;
  Status ReadConstant(WordReader* r, StoredAs stored, const uint8_t* data, size_t data_size, Value* value) const;
  Status ReadValues(WordReader* r, const uint8_t* data, size_t data_size);
  Status KeepConstants(Opcode opcode, const Preparation& p);
  Status Keep(const Value& value);
  Status ReadNodes(WordReader* r, Isa isa);
  const uint8_t* ForgetLoaded();
  Status PlaceBuffers(WordReader r, uint64_t memory_bytes);
  Status CheckNode(const Preparation& p, std::vector<bool>* known) const;
  void NoteLives(const Preparation& p, size_t step);
  Status PlaceScratch(uint64_t memory_bytes);
  Status ReadIds(WordReader* r, std::vector<const Value*>* list);
  Status Find(int32_t id, const Value** value) const;
  size_t IdOf(const Value* value) const { return static_cast<size_t>(value - values_.data()); }

  std::vector<Value> values_;
  std::vector<const Value*> inputs_, outputs_;
  std::vector<Step> steps_;
  Block arena_, scratch_;
  size_t arena_bytes_ = 0;
  std::vector<Block> kept_;
  std::shared_ptr<const void> owner_;
  // Constants inside it are the package's own, and gone after loading where it has no owner.
  const uint8_t *source_ = nullptr, *source_end_ = nullptr;
  size_t loading_bytes_ = 0;
  std::unique_ptr<Pool> pool_;
  const char* fault_ = nullptr;
  bool keeps_all_ = false;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_MODEL_H_
