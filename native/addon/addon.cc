#include <napi.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "engine/model.h"

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
  const auto array = value.As<Napi::TypedArray>();
  return {static_cast<uint8_t*>(array.ArrayBuffer().Data()) + array.ByteOffset(), array.ByteLength()};
}

// A model opened by JavaScript. It holds on to the bytes of its package.
class RunWorker;

class NativeModel : public Napi::ObjectWrap<NativeModel> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "NativeModel",
                       {InstanceMethod<&NativeModel::Run>("run"), InstanceMethod<&NativeModel::RunAsync>("runAsync"),
                        InstanceMethod<&NativeModel::ReadValue>("value"), InstanceMethod<&NativeModel::Kernels>("kernels"),
                        InstanceMethod<&NativeModel::Profile>("profile"), InstanceMethod<&NativeModel::TimeRuns>("timeRuns"),
                        InstanceMethod<&NativeModel::Dispose>("dispose")});
  }

  explicit NativeModel(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    const Bytes package = BytesOf(info[0]), plan = BytesOf(info[1]);
    Isa isa = AvailableIsas().back();
    const Napi::Value wanted = info[2].IsObject() ? info[2].As<Napi::Object>().Get("isa") : info.Env().Undefined();
    if (wanted.IsString() && !FindIsa(wanted.As<Napi::String>(), &isa)) {
      std::string known;
      for (Isa available : AvailableIsas()) known += std::string(known.empty() ? "" : ", ") + IsaName(available);
      Throw(info.Env(), Status::Error("E_ENV_CPU", "instruction set '" + wanted.As<Napi::String>().Utf8Value() +
                                                              "' is not available here; available: " + known));
      return;
    }
    const Status status =
        Model::Load(package.data, package.size, reinterpret_cast<const int32_t*>(plan.data), plan.size / 4, isa, &model_);
    if (!status.ok()) {
      Throw(info.Env(), status);
      return;
    }
    package_ = Napi::Persistent(info[0].As<Napi::Object>());
  }

 private:
  bool Ready(const Napi::CallbackInfo& info) {
    if (model_ && !running_) return true;
    Throw(info.Env(), Status::Error("E_RUN_INPUT", model_ ? "the model is running: wait for it, or load it twice"
                                                          : "the model was disposed of"));
    return false;
  }

  // Copies between arrays of JavaScript and values; false after throwing.
  bool Exchange(const Napi::CallbackInfo& info, const Napi::Value& arrays, const std::vector<const edgec::Value*>& values, bool in) {
    const auto list = arrays.As<Napi::Array>();
    for (size_t i = 0; i < values.size(); i++) {
      const Bytes bytes = arrays.IsArray() ? BytesOf(list.Get(static_cast<uint32_t>(i))) : Bytes{};
      if (bytes.size != values[i]->bytes()) {
        Throw(info.Env(), Status::Error("E_RUN_INPUT", "an array does not fit its value"));
        return false;
      }
      std::memcpy(in ? values[i]->data : bytes.data, in ? bytes.data : values[i]->data, bytes.size);
    }
    return true;
  }

  Napi::Value Run(const Napi::CallbackInfo& info) {
    if (!Ready(info) || !Exchange(info, info[0], model_->inputs(), true)) return info.Env().Undefined();
    const Status status = model_->Run();
    if (!status.ok())
      Throw(info.Env(), status);
    else
      Exchange(info, info[1], model_->outputs(), false);
    return info.Env().Undefined();
  }

  Napi::Value RunAsync(const Napi::CallbackInfo& info);

  Napi::Value ReadValue(const Napi::CallbackInfo& info) {
    const uint32_t index = info[0].ToNumber();
    if (!Ready(info)) return info.Env().Undefined();
    if (index >= model_->values().size()) {
      Throw(info.Env(), Status::Error("E_RUN_INPUT", "there is no such value"));
      return info.Env().Undefined();
    }
    const edgec::Value& value = model_->values()[index];
    return Napi::Buffer<uint8_t>::Copy(info.Env(), value.data, value.bytes());
  }

  Napi::Value Kernels(const Napi::CallbackInfo& info) {
    Napi::Array names = Napi::Array::New(info.Env());
    if (!Ready(info)) return names;
    for (uint32_t i = 0; i < model_->steps().size(); i++) names.Set(i, model_->steps()[i].kernel);
    return names;
  }

  Napi::Value Profile(const Napi::CallbackInfo& info) {
    const uint32_t runs = std::max<uint32_t>(1, info[0].ToNumber());
    if (!Ready(info)) return info.Env().Undefined();
    Napi::Float64Array latencies = Napi::Float64Array::New(info.Env(), model_->steps().size());
    std::fill_n(latencies.Data(), latencies.ElementLength(), 0.0);
    for (uint32_t r = 0; r < runs; r++) {
      int64_t before = NowNs();
      for (size_t i = 0; i < model_->steps().size(); i++) {
        model_->steps()[i].run();
        const int64_t now = NowNs();
        latencies.Data()[i] += static_cast<double>(now - before) / runs;
        before = now;
      }
    }
    return latencies;
  }

  Napi::Value TimeRuns(const Napi::CallbackInfo& info) {
    const uint32_t count = info[0].ToNumber();
    if (!Ready(info)) return info.Env().Undefined();
    Napi::Float64Array latencies = Napi::Float64Array::New(info.Env(), count);
    for (uint32_t i = 0; i < count; i++) {
      const int64_t start = NowNs();
      model_->Run();
      latencies.Data()[i] = static_cast<double>(NowNs() - start);
    }
    return latencies;
  }

  Napi::Value Dispose(const Napi::CallbackInfo& info) {
    if (running_) {
      Throw(info.Env(), Status::Error("E_RUN_INPUT", "the model is running"));
      return info.Env().Undefined();
    }
    model_.reset();
    package_.Reset();
    return info.Env().Undefined();
  }

  friend class RunWorker;

  std::unique_ptr<Model> model_;
  Napi::ObjectReference package_;
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
    const auto list = outputs_.Value().As<Napi::Array>();
    const auto& values = model_->model_->outputs();
    for (uint32_t i = 0; i < values.size(); i++) {
      const Bytes bytes = BytesOf(list.Get(i));
      if (bytes.size == values[i]->bytes()) std::memcpy(bytes.data, values[i]->data, bytes.size);
    }
    deferred_.Resolve(Env().Undefined());
  }

 private:
  Napi::Promise::Deferred deferred_;
  NativeModel* model_;
  Status status_;
  Napi::ObjectReference self_, outputs_;
};

Napi::Value NativeModel::RunAsync(const Napi::CallbackInfo& info) {
  if (!Ready(info)) return info.Env().Undefined();
  if (!info[1].IsArray()) {
    Throw(info.Env(), Status::Error("E_RUN_INPUT", "outputs are an array of typed arrays"));
    return info.Env().Undefined();
  }
  if (!Exchange(info, info[0], model_->inputs(), true)) return info.Env().Undefined();
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

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("isas", Napi::Function::New(env, Isas));
  exports.Set("NativeModel", NativeModel::Define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(edgec, Init)

}  // namespace edgec
