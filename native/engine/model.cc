#include "engine/model.h"

#include "engine/arena_gaps.h"
#include "engine/stored_windows.h"
#include "engine/winograd.h"

namespace edgec {
namespace {

constexpr size_t kAlignment = 64;
constexpr int32_t kMaxRank = 8;
constexpr size_t kMostThreads = 64;
constexpr size_t kMaxOperands = 1024;  // of one node; every pair of operand and result is compared
constexpr uint64_t kMaxElements = (1ull << 31) - 1;

bool Overlap(const Value& a, const Value& b) {
  return a.bytes() > 0 && b.bytes() > 0 && a.data < b.data + b.bytes() && b.data < a.data + a.bytes();
}

// Ops whose preparation copies all that it needs of operand 1.
bool PacksWeights(Opcode opcode) {
  switch (opcode) {
    case Opcode::kConv2d:
    case Opcode::kQConv2d:
    case Opcode::kDepthwiseConv2d:
    case Opcode::kQDepthwiseConv2d:
    case Opcode::kFullyConnected:
    case Opcode::kQFullyConnected:
      return true;
    default:
      return false;
  }
}

// Those of them that take operand 1 in panels.
bool TakesPanels(Opcode opcode) {
  return PacksWeights(opcode) && opcode != Opcode::kDepthwiseConv2d && opcode != Opcode::kQDepthwiseConv2d;
}

// Whether its preparation copies bias and multipliers, which stand behind the weights.
bool CopiesVectors(Opcode opcode) {
  return opcode == Opcode::kQConv2d || opcode == Opcode::kQDepthwiseConv2d || opcode == Opcode::kQFullyConnected;
}

// Whether an op can run on values that are stored as these.
bool StorageFits(StorageRule rule, const Preparation& p) {
  size_t plus128 = 0, as_is = 0;
  for (const auto* list : {&p.inputs, &p.outputs})
    for (const Value* value : *list)
      if (value && value->dtype == DType::kInt8) (value->plus128 ? plus128 : as_is)++;
  return plus128 == 0 || rule == StorageRule::kAny || (rule == StorageRule::kSame && as_is == 0);
}

}  // namespace

bool Block::Allocate(size_t size) {
  if (size > SIZE_MAX - kAlignment - kRoom) return false;
  owned_.reset(std::calloc(size + kAlignment + kRoom, 1));
  if (!owned_) return false;
  const auto address = reinterpret_cast<uintptr_t>(owned_.get());
  at_ = static_cast<uint8_t*>(owned_.get()) + (kAlignment - address % kAlignment) % kAlignment;
  return true;
}

size_t ElementBytes(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
    case DType::kInt32:
      return 4;
    case DType::kInt16:
      return 2;
    case DType::kInt64:
      return 8;
    default:
      return 1;
  }
}

Status Model::Find(int32_t id, const Value** value) const {
  if (id < 0 || static_cast<size_t>(id) >= values_.size()) return Corrupt("a value does not exist");
  *value = &values_[static_cast<size_t>(id)];
  return Status::Ok();
}

Status Model::ReadIds(WordReader* r, std::vector<const Value*>* list) {
  IntList ids;
  if (!r->Get(&ids)) return Corrupt("the graph ends early");
  for (size_t i = 0; i < ids.size; i++) {
    const Value* value = nullptr;
    EDGEC_RETURN_IF_ERROR(Find(ids[i], &value));
    list->push_back(value);
  }
  return Status::Ok();
}

Status Model::ReadConstant(WordReader* r, StoredAs stored, const uint8_t* data, size_t data_size, Value* value) const {
  // Steps trust indices that their preparation has checked, so that those may not change with a file.
  const bool is_index = value->dtype != DType::kFloat32 && ElementBytes(value->dtype) > 1;
  value->constant = true;
  value->stays = owner_ && !is_index;
  const auto place = [&](uint64_t offset, size_t bytes, const uint8_t** at) {
    if (offset % kAlignment != 0 || offset > data_size || bytes > data_size - offset) return Corrupt("a constant lies outside the data");
    value->stays = value->stays && data_size - offset - bytes >= Block::kRoom;
    *at = data + offset;
    return Status::Ok();
  };
  uint64_t offset = 0, beside = 0;
  if (!r->Get(&offset)) return Corrupt("the graph ends early");
  Panels& panels = value->panels;
  const bool in_panels = stored == StoredAs::kPanels || stored == StoredAs::kFilteredPanels, in_windows = stored == StoredAs::kWindows;
  const bool transformed = stored == StoredAs::kWinograd;
  if (in_panels && (!r->Get(&panels.groups) || !r->Get(&panels.runs) || !r->Get(&panels.unit) || !PanelsFit(*value)))
    return Corrupt("panels do not fit a value");
  if (in_windows && (!r->Get(&panels.groups) || !r->Get(&panels.runs) || !r->Get(&panels.zero_point) ||
                     !r->Get(&panels.windows) || !r->Get(&panels.width) || !WindowsFit(*value)))
    return Corrupt("windows do not fit a value");
  if ((transformed || stored == StoredAs::kFilteredPanels) && (!r->Get(&value->winograd_side) || !WinogradFits(*value)))
    return Corrupt("transformed weights do not fit a value");
  const uint8_t* at = nullptr;
  EDGEC_RETURN_IF_ERROR(place(offset, StoredBytes(*value), &at));
  value->data = const_cast<uint8_t*>(at);
  if (!transformed && !in_windows) return Status::Ok();
  if (!r->Get(&beside)) return Corrupt("the graph ends early");
  return place(beside, transformed ? WinogradBytes(*value) : WindowIndexBytes(*value), &value->beside);
}

Status Model::ReadValues(WordReader* r, const uint8_t* data, size_t data_size) {
  int32_t count = 0;
  if (!r->Get(&count) || count < 0 || static_cast<size_t>(count) > r->left() / 4) return Corrupt("bad count of values");
  values_.resize(static_cast<size_t>(count));
  for (Value& value : values_) {
    int32_t rank = 0, scales = 0;
    StoredAs stored{};
    WordReader dims, quant;
    if (!r->Enum(&value.dtype, static_cast<int32_t>(DType::kCount)) || !r->Get(&rank) || rank < 0 || rank > kMaxRank ||
        !r->Take(static_cast<size_t>(rank), &dims))
      return Corrupt("bad type of a value");
    uint64_t elements = 1;
    for (int32_t dim = 0; dims.Get(&dim);) {
      if (dim < 0 || (dim > 0 && elements > kMaxElements / static_cast<uint64_t>(dim))) return Corrupt("bad shape of a value");
      elements *= static_cast<uint64_t>(dim);
      value.shape.push_back(dim);
    }
    value.count = static_cast<size_t>(elements);
    if (!r->Enum(&stored, static_cast<int32_t>(StoredAs::kCount))) return Corrupt("bad mark of a constant");
    if (stored != StoredAs::kComputed) EDGEC_RETURN_IF_ERROR(ReadConstant(r, stored, data, data_size, &value));
    if (!r->Get(&scales) || scales < 0) return Corrupt("bad count of scales");
    if (scales > 0 && !r->Take(1 + 2 * static_cast<size_t>(scales), &quant)) return Corrupt("the graph ends early");
  }
  return Status::Ok();
}

Status Model::PlaceBuffers(WordReader r, uint64_t memory_bytes) {
  WordReader head;
  uint64_t arena_bytes = 0;
  int32_t count = 0;
  int32_t isa = 0, threads = 0, keep_all = 0;
  if (!r.Take(3, &head) || !head.Get(&isa) || !head.Get(&threads) || !head.Get(&keep_all) || !r.Get(&arena_bytes) || !r.Get(&count))
    return Corrupt("the plan ends early");
  if (arena_bytes > memory_bytes) return Status::TooLarge();
  keeps_all_ = keep_all == 1;
  arena_bytes_ = static_cast<size_t>(arena_bytes);
  if (!arena_.Allocate(arena_bytes_)) return Status::OutOfMemory();
  for (int32_t i = 0; i < count; i++) {
    int32_t id = 0, storage = 0, fill = 0;
    uint64_t offset = 0, bytes = 0;
    std::array<int32_t, 4> halo{};
    const Value* value = nullptr;
    if (!r.Get(&id) || !r.Get(&offset) || !r.Get(&bytes) || !r.Get(&storage) || !r.Get(&halo) || !r.Get(&fill))
      return Corrupt("the plan ends early");
    EDGEC_RETURN_IF_ERROR(Find(id, &value));
    if (storage < 0 || storage > 1 || (storage == 1 && value->dtype != DType::kInt8) || halo != std::array<int32_t, 4>{})
      return Status::Error("E_PACKAGE_VERSION", "the plan stores values in a way that this engine does not know");
    if (value->constant || value->data != nullptr || offset % kAlignment != 0 || offset > arena_bytes ||
        bytes > arena_bytes - offset || value->bytes() > bytes)
      return Corrupt("a buffer does not fit its value");
    values_[static_cast<size_t>(id)].data = arena_.data() + offset;
    values_[static_cast<size_t>(id)].plus128 = storage == 1;
  }
  if (!r.AtEnd()) return Corrupt("the plan has words left over");
  for (const Value& value : values_)
    if (value.data == nullptr) return Corrupt("a value has no buffer");
  return Status::Ok();
}

Status Model::CheckNode(const Preparation& p, std::vector<bool>* known) const {
  if (p.inputs.size() > kMaxOperands || p.outputs.size() > kMaxOperands)
    return Status::Error("E_LIMIT_EXCEEDED", "a node has more than 1024 operands");
  for (const Value* input : p.inputs)
    if (input && !(*known)[IdOf(input)]) return Corrupt("a node reads what no node has written");
  for (const Value* output : p.outputs) {
    const auto id = IdOf(output);
    if (output->constant || (*known)[id]) return Corrupt("a value is written twice");
    (*known)[id] = true;
    for (const Value* input : p.inputs)
      if (input && Overlap(*input, *output)) return Corrupt("a node would overwrite its operand");
    for (const Value* other : p.outputs)
      if (other != output && Overlap(*other, *output)) return Corrupt("a node would overwrite its result");
  }
  return Status::Ok();
}

// Gives a constant that goes with the package, or lies in panels, memory of its own.
Status Model::Keep(const Value& value) {
  const bool in_panels = !value.panels.are_none();
  if (!value.constant || value.data < source_ || value.data >= source_end_ || (value.stays && !in_panels)) return Status::Ok();
  kept_.emplace_back();
  if (!kept_.back().Allocate(value.bytes())) return Status::OutOfMemory();
  if (in_panels) EDGEC_RETURN_IF_ERROR(Unpack(value, kept_.back().data()));
  else if (value.bytes() > 0) std::memcpy(kept_.back().data(), value.data, value.bytes());
  Value& kept = values_[IdOf(&value)];
  kept.data = kept_.back().data();
  kept.panels = {};
  kept.winograd_side = 0;
  return Status::Ok();
}

// Keeps the constants of a node, except for those that its preparation packs or copies.
Status Model::KeepConstants(Opcode opcode, const Preparation& p) {
  for (size_t i = 0; i < p.inputs.size(); i++) {
    const Value* value = p.inputs[i];
    const bool packs = value && i == 1 && (value->panels.are_none() ? PacksWeights(opcode) : TakesPanels(opcode));
    if (value && !packs && !(i > 1 && CopiesVectors(opcode))) EDGEC_RETURN_IF_ERROR(Keep(*value));
  }
  return Status::Ok();
}

void Model::NoteLives(const Preparation& p, size_t step) {
  for (const Value* input : p.inputs)
    if (input) values_[IdOf(input)].last_step = step;
  for (const Value* output : p.outputs) values_[IdOf(output)].first_step = values_[IdOf(output)].last_step = step;
}

// Gives each step its scratch: where the arena has room between the values that are needed then, else in a block that such
// steps share.
Status Model::PlaceScratch(uint64_t memory_bytes) {
  for (const auto* list : {&inputs_, &outputs_})
    for (const Value* value : *list) values_[IdOf(value)].last_step = steps_.size();
  std::vector<const Value*> begins;
  for (const Value& value : values_)
    if (!value.constant) begins.push_back(&value);
  std::vector<const Value*> ends = begins;
  std::sort(begins.begin(), begins.end(), [](const Value* a, const Value* b) { return a->first_step < b->first_step; });
  std::sort(ends.begin(), ends.end(), [](const Value* a, const Value* b) { return a->last_step < b->last_step; });
  ArenaGaps gaps(arena_.data(), keeps_all_ ? 0 : arena_bytes_);
  auto begin = begins.cbegin(), end = ends.cbegin();
  size_t beside = 0;
  for (size_t i = 0; i < steps_.size(); i++) {
    Scratch& scratch = *steps_[i].scratch;
    for (; begin != begins.cend() && (*begin)->first_step <= i; ++begin) gaps.Take((*begin)->data, (*begin)->bytes());
    for (; end != ends.cend() && (*end)->last_step < i; ++end) gaps.Leave((*end)->data, (*end)->bytes());
    if (scratch.bytes() > memory_bytes) return Status::TooLarge();
    scratch.Place(gaps.Find(scratch.bytes()));
    if (!scratch.data()) beside = std::max(beside, scratch.bytes());
  }
  if (!scratch_.Allocate(beside)) return Status::OutOfMemory();
  for (Step& step : steps_)
    if (!step.scratch->data()) step.scratch->Place(scratch_.data());
  return Status::Ok();
}

Status Model::ReadNodes(WordReader* r, Isa isa) {
  int32_t count = 0;
  if (!r->Get(&count) || count < 0 || static_cast<size_t>(count) > r->left()) return Corrupt("bad count of nodes");
  std::vector<bool> known(values_.size());
  for (size_t i = 0; i < values_.size(); i++) known[i] = values_[i].constant;
  for (const Value* input : inputs_) {
    if (input->constant) return Corrupt("an input is a constant");
    const auto id = IdOf(input);
    if (known[id]) return Corrupt("an input is listed twice");
    known[id] = true;
  }
  for (int32_t i = 0; i < count; i++) {
    Opcode opcode{};
    IntList ids, words;
    Preparation p;
    Step step;
    step.scratch = std::make_unique<Scratch>();
    if (!r->Enum(&opcode, static_cast<int32_t>(Opcode::kCount)) || !r->Get(&ids)) return Corrupt("a node is damaged");
    for (size_t k = 0; k < ids.size; k++) {
      const Value* value = nullptr;
      if (ids[k] >= 0) EDGEC_RETURN_IF_ERROR(Find(ids[k], &value));
      p.inputs.push_back(value);
    }
    EDGEC_RETURN_IF_ERROR(ReadIds(r, &p.outputs));
    EDGEC_RETURN_IF_ERROR(CheckNode(p, &known));
    if (!r->Get(&words)) return Corrupt("a node is damaged");
    p.attrs = WordReader(words.words, words.size);
    p.isa = isa;
    p.scratch = step.scratch.get();
    p.pool = pool_.get();
    p.fault = &fault_;
    const Prepare prepare = FindPrepare(opcode);
    const char* name = kOpNames[static_cast<size_t>(opcode)];
    if (!prepare) return Status::Error("E_OP_UNSUPPORTED", std::string("the native engine has no ") + name);
    if (!StorageFits(kOpStorage[static_cast<size_t>(opcode)], p))
      return Corrupt(std::string("the plan stores operands of ") + name + " in a way that it cannot run on");
    EDGEC_RETURN_IF_ERROR(KeepConstants(opcode, p));
    NoteLives(p, static_cast<size_t>(i));
    const Status status = prepare(p, &step);
    if (!status.ok()) return Status::Error(status.code, std::string(name) + ": " + status.message);
    step.op = name;
    steps_.push_back(std::move(step));
  }
  for (const auto* list : {&inputs_, &outputs_})
    for (const Value* value : *list)
      if (value->plus128) return Corrupt("the plan stores an input or output plus 128");
  for (const Value* output : outputs_) {
    if (!known[IdOf(output)]) return Corrupt("an output is never written");
    EDGEC_RETURN_IF_ERROR(Keep(*output));
  }
  return Status::Ok();
}

// Forgets where constants lie that only loading reads. Where the first of the others lies.
const uint8_t* Model::ForgetLoaded() {
  const uint8_t* first = source_end_;
  for (Value& value : values_) {
    if (!value.constant || value.data < source_ || value.data >= source_end_) continue;
    if (!value.stays) value.data = nullptr;
    if (!value.stays || value.panels.are_windows()) value.beside = nullptr;
    for (const uint8_t* at : {static_cast<const uint8_t*>(value.data), value.beside})
      if (at) first = std::min(first, at);
  }
  return first;
}

Status Model::Run() {
  fault_ = nullptr;
  if (pool_) pool_->BeginRun();
  for (const Step& step : steps_) step.run();
  if (pool_) pool_->EndRun();
  return fault_ ? Status::Error("E_RUN_INPUT", fault_) : Status::Ok();
}

Status Model::Load(const PackageBytes& package, const LoadOptions& options, std::unique_ptr<Model>* model) {
  Section graph, data;
  EDGEC_RETURN_IF_ERROR(FindSection(package, kGraphSection, &graph));
  EDGEC_RETURN_IF_ERROR(FindSection(package, kDataSection, &data));
  std::vector<int32_t> words(graph.size / sizeof(int32_t));
  if (!words.empty()) std::memcpy(words.data(), graph.at, words.size() * sizeof(int32_t));
  std::unique_ptr<Model> loaded(new Model);
  if (options.threads > 1) loaded->pool_ = std::make_unique<Pool>(std::min(options.threads, kMostThreads));
  // Elements are read where they lie, so that bytes at an odd address have to move first.
  Block moved;
  if (reinterpret_cast<uintptr_t>(data.at) % sizeof(int64_t) != 0) {
    if (!moved.Allocate(data.size)) return Status::OutOfMemory();
    std::memcpy(moved.data(), data.at, data.size);
    data.at = moved.data();
  } else {
    loaded->owner_ = package.owner;
  }
  loaded->source_ = data.at;
  loaded->source_end_ = data.at + data.size;
  WordReader r(words.data(), words.size());
  EDGEC_RETURN_IF_ERROR(loaded->ReadValues(&r, data.at, data.size));
  EDGEC_RETURN_IF_ERROR(loaded->PlaceBuffers(WordReader(options.plan, options.plan_words), options.memory_bytes));
  EDGEC_RETURN_IF_ERROR(loaded->ReadIds(&r, &loaded->inputs_));
  EDGEC_RETURN_IF_ERROR(loaded->ReadIds(&r, &loaded->outputs_));
  EDGEC_RETURN_IF_ERROR(loaded->ReadNodes(&r, options.isa));
  if (!r.AtEnd()) return Corrupt("the graph has words left over");
  EDGEC_RETURN_IF_ERROR(loaded->PlaceScratch(options.memory_bytes));
  const uint8_t* first = loaded->ForgetLoaded();
  if (loaded->owner_) loaded->loading_bytes_ = static_cast<size_t>(first - package.data);
  *model = std::move(loaded);
  return Status::Ok();
}

}  // namespace edgec
