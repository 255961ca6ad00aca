#include <napi.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

#include "base/mapped_file.h"
#include "engine/model.h"
#include "engine/peaks.h"
#include "engine/value_range.h"

namespace edgec {
namespace {

Napi::Error ErrorOf(Napi::Env env, const Status& status) {
  Napi::Error error = Napi::Error::New(env, status.message);
  error.Set("code", Napi::String::New(env, status.code));
  return error;
}

void Throw(Napi::Env env, const Status& status) { ErrorOf(env, status).ThrowAsJavaScriptException(); }

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Bytes {
  uint8_t* data = nullptr;
  size_t size = 0;
};

Bytes BytesOf(const Napi::Value& value) {
  if (!value.IsTypedArray()) return {};
  auto array = value.As<Napi::Uint8Array>();  // whatever its type: it only tells where the bytes lie
  return {array.Data(), array.ByteLength()};
}

// The instruction set that `wanted` names, else the best. False with an exception where it is not available.
bool ReadIsa(Napi::Env env, const Napi::Value& wanted, Isa* isa) {
  *isa = AvailableIsas().back();
  if (!wanted.IsString() || FindIsa(wanted.As<Napi::String>(), isa)) return true;
  std::string known;
  for (Isa available : AvailableIsas()) known += std::string(known.empty() ? "" : ", ") + IsaName(available);
  Throw(env, Status::Error("E_ENV_CPU", "instruction set '" + wanted.As<Napi::String>().Utf8Value() +
                                            "' is not available here; available: " + known));
  return false;
}

constexpr napi_type_tag kModelTag = {0x6564676563206d6f, 0x64656c2068616e64};
constexpr uint32_t kMaxRuns = 10000000;

class RunWorker;

// A model opened by JavaScript.
class NativeModel : public Napi::ObjectWrap<NativeModel> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "NativeModel",
                       {InstanceMethod<&NativeModel::Run>("run"), InstanceMethod<&NativeModel::RunAsync>("runAsync"),
                        InstanceMethod<&NativeModel::ReadValue>("value"), InstanceMethod<&NativeModel::ReadRange>("range"),
                        InstanceMethod<&NativeModel::Kernels>("kernels"), InstanceMethod<&NativeModel::Ops>("ops"),
                        InstanceMethod<&NativeModel::Profile>("profile"), InstanceMethod<&NativeModel::TimeRuns>("timeRuns"),
                        InstanceMethod<&NativeModel::Dispose>("dispose")});
  }

  explicit NativeModel(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    const Bytes plan = BytesOf(info[1]);
    Isa isa;
    const auto option = [&](const char* name) {
      return info[2].IsObject() ? info[2].As<Napi::Object>().Get(name) : Napi::Value();
    };
    if (!ReadIsa(info.Env(), option("isa"), &isa)) return;
    info.This().As<Napi::Object>().TypeTag(&kModelTag);
    PackageBytes package;
    std::shared_ptr<MappedFile> file;
    Status status = Open(info[0], &package, &file);
    LoadOptions options{reinterpret_cast<const int32_t*>(plan.data), plan.size / 4, isa};
    if (option("threads").IsNumber()) options.threads = option("threads").As<Napi::Number>().Int64Value();
    if (option("memoryBytes").IsNumber()) options.memory_bytes = option("memoryBytes").As<Napi::Number>().Int64Value();
    if (status.ok()) status = Load(package, options);
    if (!status.ok()) Throw(info.Env(), status);
    else if (file) file->Forget(model_->loading_bytes());
  }

 private:
  // The bytes of an array, which JavaScript may change after the call, or of the file that a descriptor is open for.
  static Status Open(const Napi::Value& source, PackageBytes* package, std::shared_ptr<MappedFile>* file) {
    if (!source.IsNumber()) {
      const Bytes bytes = BytesOf(source);
      *package = {bytes.data, bytes.size, nullptr};
      return Status::Ok();
    }
    *file = MappedFile::Open(static_cast<int>(source.As<Napi::Number>().Int64Value()));
    if (!*file) return Status::Error("E_FILE_READ", "the package cannot be mapped");
    *package = {(*file)->data(), (*file)->size(), *file};
    return Status::Ok();
  }

  Status Load(const PackageBytes& package, const LoadOptions& options) {
    try {
      return Model::Load(package, options, &model_);
    } catch (const std::bad_alloc&) {
      return Status::OutOfMemory();
    } catch (const std::length_error&) {
      return Status::OutOfMemory();
    }
  }

  // Whether the call can go on; throws to JavaScript where it cannot.
  bool Ready(const Napi::CallbackInfo& info) {
    if (!info.This().IsObject() || !info.This().As<Napi::Object>().CheckTypeTag(&kModelTag)) {
      Throw(info.Env(), Status::Error("E_RUN_INPUT", "this is no model"));
      return false;
    }
    if (model_ && !running_) return true;
    Throw(info.Env(), Status::Error("E_RUN_INPUT", model_ ? "the model is running: wait for it, or load it twice"
                                                          : "the model was disposed of"));
    return false;
  }

  // Whether `arrays` has one array of the right size for every value; throws where not.
  bool Fits(const Napi::CallbackInfo& info, const Napi::Value& arrays, const std::vector<const edgec::Value*>& values) {
    bool fits = arrays.IsArray() && arrays.As<Napi::Array>().Length() == values.size();
    for (uint32_t i = 0; fits && i < values.size(); i++)
      fits = BytesOf(arrays.As<Napi::Array>().Get(i)).size == values[i]->bytes();
    if (!fits) Throw(info.Env(), Status::Error("E_RUN_INPUT", "the arrays do not fit the model"));
    return fits;
  }

  static void CopyIn(const Napi::Array& arrays, const std::vector<const edgec::Value*>& values) {
    for (uint32_t i = 0; i < values.size(); i++) {
      const Bytes bytes = BytesOf(arrays.Get(i));
      if (bytes.size > 0 && bytes.size == values[i]->bytes()) std::memcpy(values[i]->data, bytes.data, bytes.size);
    }
  }

  // An array that has changed its size since it was checked stays as it is.
  static void CopyOut(const Napi::Array& arrays, const std::vector<const edgec::Value*>& values) {
    for (uint32_t i = 0; i < values.size(); i++) {
      const Bytes bytes = BytesOf(arrays.Get(i));
      if (bytes.size > 0 && bytes.size == values[i]->bytes()) std::memcpy(bytes.data, values[i]->data, bytes.size);
    }
  }

  // Whether a run can start: its inputs are in place then.
  bool Start(const Napi::CallbackInfo& info) {
    if (!Ready(info) || !Fits(info, info[0], model_->inputs()) || !Fits(info, info[1], model_->outputs())) return false;
    CopyIn(info[0].As<Napi::Array>(), model_->inputs());
    return true;
  }

  void Run(const Napi::CallbackInfo& info) {
    if (!Start(info)) return;
    const Status status = model_->Run();
    if (!status.ok())
      Throw(info.Env(), status);
    else
      CopyOut(info[1].As<Napi::Array>(), model_->outputs());
  }

  Napi::Value RunAsync(const Napi::CallbackInfo& info);

  // The kept value of that index, or null with an exception.
  const edgec::Value* Kept(const Napi::CallbackInfo& info) {
    if (!Ready(info)) return nullptr;
    const uint32_t index = info[0].ToNumber();
    if (!model_->keeps_all()) {
      Throw(info.Env(), Status::Error("E_RUN_INPUT", "the model was opened without keepAll: its values share memory"));
      return nullptr;
    }
    if (index >= model_->values().size() || model_->values()[index].constant) {
      Throw(info.Env(), Status::Error("E_RUN_INPUT", "there is no such computed value"));
      return nullptr;
    }
    return &model_->values()[index];
  }

  void ReadValue(const Napi::CallbackInfo& info) {
    const edgec::Value* value = Kept(info);
    if (!value) return;
    const Bytes bytes = BytesOf(info[1]);
    if (bytes.size == value->bytes()) std::memcpy(bytes.data, value->data, bytes.size);
    else Throw(info.Env(), Status::Error("E_RUN_INPUT", "the array does not fit the value"));
  }

  Napi::Value ReadRange(const Napi::CallbackInfo& info) {
    const edgec::Value* value = Kept(info);
    if (!value) return info.Env().Undefined();
    if (value->dtype != DType::kFloat32) {
      Throw(info.Env(), Status::Error("E_RUN_INPUT", "the value is not float32"));
      return info.Env().Undefined();
    }
    const ValueRange range = RangeOf(*value);
    Napi::Object found = Napi::Object::New(info.Env());
    found.Set("min", range.min);
    found.Set("max", range.max);
    return found;
  }

  // A text of every step.
  Napi::Value Texts(const Napi::CallbackInfo& info, const char* Step::*text) {
    Napi::Array texts = Napi::Array::New(info.Env());
    if (!Ready(info)) return texts;
    for (uint32_t i = 0; i < model_->steps().size(); i++) texts.Set(i, model_->steps()[i].*text);
    return texts;
  }

  Napi::Value Kernels(const Napi::CallbackInfo& info) { return Texts(info, &Step::kernel); }
  Napi::Value Ops(const Napi::CallbackInfo& info) { return Texts(info, &Step::op); }

  Napi::Value Profile(const Napi::CallbackInfo& info) {
    if (!Ready(info)) return info.Env().Undefined();
    const uint32_t runs = std::min(kMaxRuns, std::max<uint32_t>(1, info[0].ToNumber()));
    Napi::Float64Array latencies = Napi::Float64Array::New(info.Env(), model_->steps().size());
    std::fill_n(latencies.Data(), latencies.ElementLength(), std::numeric_limits<double>::infinity());
    for (uint32_t r = 0; r < runs; r++) {
      int64_t before = NowNs();
      for (size_t i = 0; i < model_->steps().size(); i++) {
        model_->steps()[i].run();
        const int64_t now = NowNs();
        latencies.Data()[i] = std::min(latencies.Data()[i], static_cast<double>(now - before));
        before = now;
      }
    }
    return latencies;
  }

  Napi::Value TimeRuns(const Napi::CallbackInfo& info) {
    if (!Ready(info)) return info.Env().Undefined();
    const uint32_t count = std::min<uint32_t>(kMaxRuns, info[0].ToNumber());
    Napi::Float64Array latencies = Napi::Float64Array::New(info.Env(), count);
    for (uint32_t i = 0; i < count; i++) {
      const int64_t start = NowNs();
      model_->Run();
      latencies.Data()[i] = static_cast<double>(NowNs() - start);
    }
    return latencies;
  }

  void Dispose(const Napi::CallbackInfo& info) {
    if ((model_ || running_) && Ready(info)) model_.reset();
  }

  friend class RunWorker;

  std::unique_ptr<Model> model_;
  bool running_ = false;
};

// Runs a model on a thread of the pool and copies its outputs when done.
class RunWorker : public Napi::AsyncWorker {
 public:
  RunWorker(Napi::Env env, NativeModel* model, Napi::Object self, Napi::Array outputs)
      : AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), model_(model) {
    self_ = Napi::Persistent(self);
    outputs_ = Napi::Persistent(outputs.As<Napi::Object>());
  }
  Napi::Promise Promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { status_ = model_->model_->Run(); }
  void OnOK() override {
    model_->running_ = false;
    if (!status_.ok()) {
      deferred_.Reject(ErrorOf(Env(), status_).Value());
      return;
    }
    NativeModel::CopyOut(outputs_.Value().As<Napi::Array>(), model_->model_->outputs());
    deferred_.Resolve(Env().Undefined());
  }

 private:
  Napi::Promise::Deferred deferred_;
  NativeModel* model_;
  Status status_;
  Napi::ObjectReference self_, outputs_;
};

Napi::Value NativeModel::RunAsync(const Napi::CallbackInfo& info) {
  if (!Start(info)) return info.Env().Undefined();
  running_ = true;
  auto* worker = new RunWorker(info.Env(), this, info.This().As<Napi::Object>(), info[1].As<Napi::Array>());
  worker->Queue();
  return worker->Promise();
}

Napi::Value Isas(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  uint32_t i = 0;
  for (Isa isa : AvailableIsas()) names.Set(i++, IsaName(isa));
  return names;
}

Napi::Value MachinePeaks(const Napi::CallbackInfo& info) {
  Isa isa;
  if (!ReadIsa(info.Env(), info[0], &isa)) return info.Env().Undefined();
  const Peaks peaks = MeasurePeaks(isa);
  Napi::Object found = Napi::Object::New(info.Env());
  found.Set("int8", peaks.int8);
  found.Set("float32", peaks.float32);
  found.Set("bytes", peaks.bytes);
  return found;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("mapsFiles", MappedFile::Works());
  exports.Set("isas", Napi::Function::New<Isas>(env));
  exports.Set("peaks", Napi::Function::New<MachinePeaks>(env));
  exports.Set("NativeModel", NativeModel::Define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(edgec, Init)

}  // namespace edgec
